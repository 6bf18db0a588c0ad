"""Whoever changes anything of a customer holds the customer first: so two people at one customer wait for each other instead of aborting one."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.kernel.errors import Refused
from kefu.kernel.ids import ident

_HOLD = "SELECT id, merged_into_id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def lock(*customer_ids: int) -> dict[int, int | None]:
    """Let nobody else change these customers or anything of theirs until the transaction ends; in the order of their ids.

    Rows that only point at the customer (timeline, notices, messages) are written meanwhile by others without waiting.
    Answers of which other customer each is a part by now.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(customer_ids)])
        return dict(cursor.fetchall())


def hold(*customer_ids: int) -> None:
    """Lock customers to work at them. Raises Refused `merged` for one who became part of another meanwhile."""
    for survivor_id in lock(*customer_ids).values():
        if survivor_id is not None:
            raise merged_into(survivor_id)


def held(customer: Customer, *related: str) -> Customer:
    """The customer's row, locked and fresh, with what it points at. Raises Refused `merged`."""
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    locked = (rows.select_related(*related) if related else rows).get(pk=customer.pk)
    if locked.merged_into_id is not None:
        raise merged_into(locked.merged_into_id)
    return locked


def merged_into(survivor_id: int) -> Refused:
    """The refusal of work at somebody whose archive became part of another."""
    message = _("这份档案刚并入另一位客户，请在保留的档案里办理。")
    return Refused("merged", message, {"customer": ident("cus", survivor_id)})
