"""What people write: texts and proposals, kept with their versions."""
