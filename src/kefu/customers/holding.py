"""Whoever changes anything of a customer holds the customer first: so two people at one customer wait for each other instead of aborting one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Stage
from kefu.customers.models import Customer
from kefu.customers.queries.facts import has_died
from kefu.customers.rules import visit_gaps
from kefu.customers.wording import VISIT_GAPS
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.ids import ident

_HOLD = """
    SELECT id, merged_into_id, stage, restricted_at, erased_at FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


class _Held(NamedTuple):
    """What holding a customer has to know of the row."""

    pk: int
    survivor_id: int | None
    stage: str
    restricted_at: datetime | None
    erased_at: datetime | None

    def require_in_use(self) -> None:
        if self.survivor_id is not None:
            raise merged_into(self.survivor_id)
        refuse_resting(self.restricted_at, self.erased_at)


def lock(*customer_ids: int) -> dict[int, int | None]:
    """Let nobody else change these customers or anything of theirs until the transaction ends; in the order of their ids.

    Rows that only point at the customer (timeline, notices, messages) are written meanwhile by others without waiting.
    Answers of which other customer each is a part by now.
    """
    return {one.pk: one.survivor_id for one in _locked(customer_ids)}


def hold(*customer_ids: int) -> None:
    """Lock customers to work at them.

    Raises Refused `merged` for one who became part of another meanwhile, `restricted` or `erased` where nothing is done any more.
    """
    for one in _locked(customer_ids):
        one.require_in_use()


def hold_usable(*customer_ids: int) -> set[int]:
    """Lock customers to work at those whose data does not rest and is not erased, and answer their ids. Raises Refused `merged`."""
    usable = set()
    for one in _locked(customer_ids):
        if one.survivor_id is not None:
            raise merged_into(one.survivor_id)
        if one.restricted_at is None and one.erased_at is None:
            usable.add(one.pk)
    return usable


def _locked(customer_ids: Sequence[int]) -> list[_Held]:
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(customer_ids)])
        return [_Held(*row) for row in cursor.fetchall()]


def refuse_resting(restricted_at: datetime | None, erased_at: datetime | None) -> None:
    """Nothing is entered for somebody whose data rests or is erased. Raises Refused `restricted`, `erased` (SEC-001)."""
    if erased_at is not None:
        raise Refused("erased", _("这位客户的资料已经删除。"))
    if restricted_at is not None:
        raise Refused("restricted", _("这位客户的资料已限制使用，只保存，不再办理。"))


def hold_living(customer_id: int) -> None:
    """Lock a customer for whom something new is planned. Raises Refused as `hold`, and `died` for somebody who died."""
    (one,) = _locked([customer_id])
    one.require_in_use()
    if one.stage == Stage.CLOSED and has_died(customer_id):
        raise Refused("died", _("这位客户已去世。"))


_EXPECT = """
    SELECT id, merged_into_id, stage, restricted_at, erased_at, name <> '', sex <> '',
           EXISTS (SELECT 1 FROM customers_contactpoint c WHERE c.customer_id = customers_customer.id AND c.active AND c.kind <> 'email')
    FROM customers_customer WHERE id = %s FOR NO KEY UPDATE
"""


def hold_expected(customer_id: int) -> None:
    """Lock a customer who is to come. Raises as `hold_living`, and Invalid with what must be known before: name, sex, contact (APT-014)."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPECT, [customer_id])
        *row, named, sexed, reachable = cursor.fetchall()[0]
    one = _Held(*row)
    one.require_in_use()
    if one.stage == Stage.CLOSED and has_died(customer_id):
        raise Refused("died", _("这位客户已去世。"))
    if gaps := visit_gaps(name=named, sex=sexed, contact=reachable):
        raise Invalid(FieldError(gap, "required", VISIT_GAPS[gap]) for gap in gaps)


def held(customer: Customer, *related: str) -> Customer:
    """The customer's row, locked and fresh, with what it points at. Raises Refused `merged`, `restricted`, `erased`."""
    if related:  # locked first: a row whose place changes while one waits for it would drop out of the join
        lock(customer.pk)
        locked = Customer.objects.select_related(*related).get(pk=customer.pk)
    else:
        locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if locked.merged_into_id is not None:
        raise merged_into(locked.merged_into_id)
    refuse_resting(locked.restricted_at, locked.erased_at)
    return locked


def merged_into(survivor_id: int) -> Refused:
    """The refusal of work at somebody whose archive became part of another."""
    message = _("这份档案刚并入另一位客户，请在保留的档案里办理。")
    return Refused("merged", message, {"customer": ident("cus", survivor_id)})
