"""Working out report dates and keeping every one of them (LAB-004)."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.audit.trail import within_action
from kefu.lab.choices import PromiseKind
from kefu.lab.models import Order, ReportPromise
from kefu.lab.queries.dates import due_date
from kefu.lab.queries.lines import active_items
from kefu.organisation.models import User


@within_action
def promise_report(order: Order, kind: PromiseKind, *, by: User, at: datetime) -> ReportPromise:
    """Work the report date out anew from `at`, write it down and let it count; the order is locked by the caller."""
    found, calendar_days = due_date(order.node, [line.item for line in active_items(order)], at)
    made = ReportPromise.objects.create(
        order=order, kind=kind, starts_on=found.starts_on, days=found.days, calendar_days=calendar_days,
        due_on=found.due_on, by=by, at=at,
    )  # fmt: skip
    if kind == PromiseKind.ESTIMATED:
        order.estimated_due = found.due_on
        order.save(update_fields=["estimated_due"])
    else:
        order.promised_due = found.due_on
        order.save(update_fields=["promised_due"])
    return made
