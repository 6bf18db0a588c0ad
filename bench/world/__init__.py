"""The chain that is measured: lived once by actions for a handful of customers, then multiplied set by set."""
