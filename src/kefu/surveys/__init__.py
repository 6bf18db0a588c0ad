"""Satisfaction: answers of customers to the surveys, the rate computed from them, and the opinions that somebody must answer."""
