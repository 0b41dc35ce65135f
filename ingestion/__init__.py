"""Ingestion: delivered files become rows of the landing, under pseudonyms, or of the quarantine."""
