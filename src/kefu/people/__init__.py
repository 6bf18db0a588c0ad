"""The registers of those who care for customers: doctors with their qualification, and the other staff (ORG-002, ORG-003, ORG-006)."""
