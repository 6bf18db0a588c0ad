"""Forms of appointments."""
