"""Handing something over to a colleague, who accepts or declines with a reason."""
