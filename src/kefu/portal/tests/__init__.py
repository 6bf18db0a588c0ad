"""Stories of the customers' own pages."""
