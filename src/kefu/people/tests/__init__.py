"""Stories of the registers."""
