"""Reads of journeys: where they stand, the board, what a person owes."""
