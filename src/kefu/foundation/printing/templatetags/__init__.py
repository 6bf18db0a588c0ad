"""Template tags of printing."""
