"""The tables of the customers, a file per noun."""

from kefu.customers.models.contacts import ContactPoint, FamilyLink, IdentityCheck
from kefu.customers.models.customer import NEWEST, Customer, CustomerQuerySet, Source
from kefu.customers.models.history import OwnershipChange, TimelineLine

__all__ = [
    "NEWEST",
    "ContactPoint",
    "Customer",
    "CustomerQuerySet",
    "FamilyLink",
    "IdentityCheck",
    "OwnershipChange",
    "Source",
    "TimelineLine",
]
