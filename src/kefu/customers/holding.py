"""Whoever changes anything of a customer holds the customer first: so two people at one customer wait for each other instead of aborting one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Stage
from kefu.customers.models import Customer
from kefu.customers.queries.facts import has_died
from kefu.kernel.errors import Refused
from kefu.kernel.ids import ident

_HOLD = "SELECT id, merged_into_id, stage FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


def lock(*customer_ids: int) -> dict[int, int | None]:
    """Let nobody else change these customers or anything of theirs until the transaction ends; in the order of their ids.

    Rows that only point at the customer (timeline, notices, messages) are written meanwhile by others without waiting.
    Answers of which other customer each is a part by now.
    """
    return {pk: merged_into_id for pk, merged_into_id, _stage in _lock(customer_ids)}


def _lock(customer_ids: Sequence[int]) -> list[tuple[int, int | None, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(customer_ids)])
        found: list[tuple[int, int | None, str]] = cursor.fetchall()
    return found


def hold(*customer_ids: int) -> None:
    """Lock customers to work at them. Raises Refused `merged` for one who became part of another meanwhile."""
    for survivor_id in lock(*customer_ids).values():
        if survivor_id is not None:
            raise merged_into(survivor_id)


def hold_living(customer_id: int) -> None:
    """Lock a customer for whom something new is planned. Raises Refused `merged`, and `died` for somebody who died."""
    [(_pk, survivor_id, stage)] = _lock([customer_id])
    if survivor_id is not None:
        raise merged_into(survivor_id)
    if stage == Stage.CLOSED and has_died(customer_id):
        raise Refused("died", _("这位客户已去世。"))


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
