"""What the pack for the Assemblea dei Sindaci reads of a release, to be protected: a year and the one before it."""
