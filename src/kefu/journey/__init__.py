"""The service journey of a customer: configured nodes, where each journey stands, whose turn it is, and the gates that keep the order."""
