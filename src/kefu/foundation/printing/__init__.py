"""Every slip as a PDF: rendered once, stored by hash, versioned by content, reprints counted as copies."""
