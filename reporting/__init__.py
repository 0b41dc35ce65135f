"""Documents made from a published release: one report model, written as PDF and as a workbook."""
