"""Limit of `customer.create`.

Rows: the same as the action writes, with the same values: customer (search columns and all), contact point, audit entry, timeline
line. One transaction; the commit is included. Not included: looking whether the number is known, rights, pinyin and search tokens.
"""

from __future__ import annotations

from typing import Any

import psycopg

from bench.limits.inserting import insert_into, values_of
from kefu.customers.models import ContactPoint, Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry

Rows = tuple[list[Any], list[Any], list[Any], list[Any]]
CUSTOMER, CONTACT, ENTRY, LINE = (insert_into(model) for model in (Customer, ContactPoint, AuditEntry, TimelineLine))


def rows_of(customer: Customer) -> tuple[Customer, ContactPoint, AuditEntry, TimelineLine]:
    """The rows that registering a lead has written."""
    return (
        Customer.objects.get(pk=customer.pk), customer.contacts.get(), AuditEntry.objects.get(customer_id=customer.pk),
        TimelineLine.objects.get(customer=customer),
    )  # fmt: skip


def ready(customer: Customer, contact: ContactPoint, entry: AuditEntry, line: TimelineLine) -> Rows:
    """Rows as values, the customer's id still missing."""
    return values_of(customer), values_of(contact), values_of(entry), values_of(line)


def write(connection: psycopg.Connection[Any], rows: Rows) -> None:
    """Insert them and commit."""
    with connection.cursor() as cursor:
        insert(cursor, rows)
    connection.commit()


def insert(cursor: psycopg.Cursor[Any], rows: Rows) -> int:
    """Insert them; answers the customer's id."""
    customer, contact, entry, line = rows
    (pk,) = cursor.execute(CUSTOMER, customer).fetchone() or (0,)
    cursor.execute(CONTACT, [pk, *contact[1:]])
    cursor.execute(ENTRY, entry)
    cursor.execute(LINE, [pk, *line[1:]])
    return int(pk)
