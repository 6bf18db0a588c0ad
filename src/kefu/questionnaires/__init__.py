"""The versioned form engine: interviews and surveys, their questions, conditions, scores and answers (JRN-004, SAT-001)."""
