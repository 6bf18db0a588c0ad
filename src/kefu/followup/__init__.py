"""Regular follow-up: planned contacts after the report, for repeat tests and refills, and what came of each."""
