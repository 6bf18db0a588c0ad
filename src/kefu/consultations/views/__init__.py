"""Pages of the interviews: lists and findings, the sheet while the doctor asks, what happens to it afterwards."""
