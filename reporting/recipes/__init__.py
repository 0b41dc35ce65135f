"""One recipe per report: its cover, its sections and their order."""
