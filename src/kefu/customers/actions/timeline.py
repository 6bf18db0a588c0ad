"""Lines of the service timeline."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from kefu.customers.choices import FactKind
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.sentences.saying import Said, Sentence, keep_all, say
from kefu.organisation.models import User

ITEM = 300


@within_action
def record_fact(
    *,
    customer: Customer | int,
    kind: FactKind,
    item: Said | Sentence,
    amount: Decimal | None = None,
    lines: Iterable[str | Said | Sentence] = (),
    subject: Subject | None = None,
    by: User | None,
    at: datetime,
) -> None:
    """Add one business fact to the customer's timeline, inside the action that made it true (CUS-007, CUS-008).

    `item` is a sentence of the module, kept by code and values and read in each reader's language. `lines` are details, one text or
    sentence each (goods with price and quantity); `amount` is in yuan. Only facts of kind spending count towards
    the customer's total, negative ones reduce it. Details of consultations and reports are shown only to those who may see health data.
    """
    pk = customer if isinstance(customer, int) else customer.pk
    with connection.cursor() as cursor:
        cursor.execute(_LINE, _line(pk, kind, item, amount, lines, subject, by, at))


@within_action
def record_facts(
    *, kind: FactKind, each: Iterable[tuple[int, Said | Sentence, Subject]], by: User | None, at: datetime
) -> None:  # fmt: skip
    """One line for each of many customers: who, what, about what. One round trip for all of them."""
    rows = [_line(pk, kind, item, None, (), subject, by, at) for pk, item, subject in each]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_LINE, rows)


def _line(
    customer_id: int, kind: FactKind, item: Said | Sentence, amount: Decimal | None, lines: Iterable[str | Said | Sentence],
    subject: Subject | None, by: User | None, at: datetime,
) -> list[Any]:  # fmt: skip
    told = say(item)
    return [
        customer_id, at, FactKind(kind).value, told.said[:ITEM], json.dumps(dict(told.values), ensure_ascii=False),
        json.dumps(keep_all(lines), ensure_ascii=False), amount, subject.kind if subject else "", subject.id if subject else None,
        by.pk if by else None,
    ]  # fmt: skip


_LINE = """
    INSERT INTO customers_timelineline (customer_id, at, kind, said, values, details, amount, subject_kind, subject_id, by_id)
    VALUES (%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s)
"""
"""Plain SQL, as for the trail: nearly every action goes through here."""
