"""Who owns a phone number, decided under a lock so that two desks cannot both register it."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from django.db import connection

from kefu.customers.choices import ContactKind, Stage
from kefu.customers.models import ContactPoint, Customer
from kefu.customers.rules import PhoneOwner

STRIPES = 1024
"""Numbers share locks, so that a list of a hundred thousand fits into the server's lock table."""

_SPACE = crc32(b"customers.phone") - (1 << 31)
_LOCK = "SELECT count(pg_advisory_xact_lock(%s, stripe)) FROM unnest(%s::integer[]) AS stripe"
_KNOWN = "SELECT 1 FROM customers_contactpoint WHERE kind = 'phone' AND value = %s AND active LIMIT 1"


@dataclass(frozen=True)
class Holder:
    """A contact point with the customer that has it."""

    contact: ContactPoint
    customer: Customer

    @property
    def owner(self) -> PhoneOwner:
        """The holder as the rules see it."""
        return PhoneOwner(self.customer.pk, self.customer.stage == Stage.ACTIVE)


def lock_numbers(*values: str) -> None:
    """Let nobody else decide over these numbers until the transaction ends. Whoever needs several asks for all at once."""
    stripes = sorted({crc32(value.encode()) % STRIPES for value in values})
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_SPACE, stripes])


def lock_numbers_of(*customer_ids: int) -> None:
    """The same for every number these customers have or had."""
    phones = ContactPoint.objects.filter(customer__in=customer_ids, kind=ContactKind.PHONE)
    lock_numbers(*phones.values_list("value", flat=True))


def holders(value: str) -> list[Holder]:
    """Everybody with this number, the owner first. One query, where nobody has it a small one."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [value])
        if cursor.fetchone() is None:
            return []
    found = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=value, active=True).select_related("customer")
    return [Holder(contact, contact.customer) for contact in found.order_by("-owns", "pk")]


def owner_of(found: list[Holder]) -> Holder | None:
    """The one who owns the number, if anybody does."""
    return next((holder for holder in found if holder.contact.owns), None)
