"""The commands of the command line, one module per group; each imports its rooms when it runs."""
