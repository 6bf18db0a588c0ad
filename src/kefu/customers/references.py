"""From an id or archive number in a request to the customer."""

from __future__ import annotations

from kefu.customers.models import Customer
from kefu.customers.models.customer import CustomerQuerySet
from kefu.foundation.api.references import reference
from kefu.kernel.errors import OutOfScope

NUMBER = "archive_number"


def customer_named(visible: CustomerQuerySet, text: str, *, field: str = "") -> Customer:
    """The customer with that id or number within what the caller may see; what named an archive that became part of another leads there.

    Raises OutOfScope (404); with `field`, the name of the field in the body that holds the reference, the answer names it.
    """
    try:
        return reference(visible, text, "cus", NUMBER, field=field)
    except OutOfScope:
        survivor = _survivor(visible, text)
        if survivor is None:
            raise
        return survivor


def _survivor(visible: CustomerQuerySet, text: str) -> Customer | None:
    try:
        once = reference(Customer.objects.filter(merged_into__isnull=False), text, "cus", NUMBER)
    except OutOfScope:
        return None
    return visible.filter(aliases=once).first()
