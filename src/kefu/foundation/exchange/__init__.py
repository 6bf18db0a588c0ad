"""Spreadsheets in and out: imports with dry run, results per row and undo; exports that open in Excel and are audited."""
