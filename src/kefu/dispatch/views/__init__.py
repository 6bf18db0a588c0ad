"""Pages of the dispatch registers."""
