"""What the pages of administration read, a file per noun."""
