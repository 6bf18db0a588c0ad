"""Verbs on journeys: steps, the journey's life, its configuration."""
