"""Products for a customer: the doctor's prescription, the quantities, the signature, the dispatch."""
