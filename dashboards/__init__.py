"""The dashboard: pages that show the published release, and nothing else."""
