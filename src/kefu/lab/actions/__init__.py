"""Writes of the laboratory, one function a verb."""
