"""What the pages of administration read."""
