"""Lists that people make their own: columns, orders, saved views, and one verb for many rows with a result per row."""
