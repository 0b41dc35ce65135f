"""What is due when, and how far each report is."""
