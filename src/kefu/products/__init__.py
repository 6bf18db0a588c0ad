"""The catalogue: products, kits, test items and packages with prices, sampling guides and reference ranges (PRD, LAB)."""
