"""Live screens: what is published in a transaction reaches the open pages after its commit. Pages work without it."""
