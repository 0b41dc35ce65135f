"""What the governance pack reads of a release: the semesters of two years, protected for level one, exact for level two."""
