"""Forms of the administrator's pages, a file per noun."""
