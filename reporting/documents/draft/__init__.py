"""The editable draft: a report as a DOCX that an office can finish and sign."""
