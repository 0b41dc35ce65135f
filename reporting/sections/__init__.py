"""The sections of the reports, one module each: which slices, which charts, which sentences."""
