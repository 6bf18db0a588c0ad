"""The first way upward: a lower module announces a fact, upper modules subscribe. No Django signals."""
