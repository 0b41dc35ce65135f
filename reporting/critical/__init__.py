"""Critical aspects and strengths, found by reviewed rules."""
