"""The tables of the customers, a file per noun."""

from kefu.customers.models.consents import ConsentEntry, ConsentText
from kefu.customers.models.contacts import ContactPoint, FamilyLink, IdentityCheck
from kefu.customers.models.customer import NEWEST, Customer, CustomerQuerySet, Source
from kefu.customers.models.history import OwnershipChange, TimelineLine
from kefu.customers.models.papers import IdentityDocument
from kefu.customers.models.standing import Assessment, Deal, DealCheck, RungChange, Standing

__all__ = [
    "NEWEST",
    "Assessment",
    "ConsentEntry",
    "ConsentText",
    "ContactPoint",
    "Customer",
    "CustomerQuerySet",
    "Deal",
    "DealCheck",
    "FamilyLink",
    "IdentityCheck",
    "IdentityDocument",
    "OwnershipChange",
    "RungChange",
    "Source",
    "Standing",
    "TimelineLine",
]
