"""Laboratory: orders, kits, samples, results, reports, and the messages of laboratory systems."""
