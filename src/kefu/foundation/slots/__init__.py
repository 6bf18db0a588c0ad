"""The third way upward: pages of lower modules have places that upper modules fill."""
