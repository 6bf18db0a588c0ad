"""The second way upward: a lower action asks whether a step may happen; upper modules answer by refusing."""
