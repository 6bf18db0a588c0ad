"""The catalogue: products, kits, test items, packages; their prices, sampling guides and reference ranges (PRD, LAB)."""
