"""Statutory returns: what other bodies' platforms ask for every year, from a published release."""
