"""Papers that name many customers are printed: each customer's own trail says so (SEC-001)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kefu.dispatch.models import DayList, Run
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import DAY, RUN, day_rows
from kefu.foundation.access.checks import require
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record_read, within_action
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.models import Print
from kefu.organisation.models import User


@action
def print_run(*, run: Run, by: User, at: datetime) -> Print:
    """Print the run sheet."""
    require(by, DispatchPermission.VIEW, node_id=run.warehouse.node_id)
    customers = run.lines.values_list("purchase__customer", flat=True)
    return _printed(Subject(RUN, run.pk), run.warehouse.node_id, customers, by, at)


@action
def print_list(*, day_list: DayList, by: User, at: datetime) -> Print:
    """Print the list of a day as it was handed in."""
    warehouse = day_list.warehouse
    require(by, DispatchPermission.VIEW, node_id=warehouse.node_id)
    customers = [row.purchase.customer_id for row in day_rows(warehouse, day_list.day)]
    return _printed(Subject(DAY, day_list.pk), warehouse.node_id, customers, by, at)


@within_action
def _printed(subject: Subject, node_id: int, customers: Iterable[int], by: User, at: datetime) -> Print:
    made = print_document(code=subject.kind, subject=subject, customer_id=None, by=by, at=at)
    for customer_id in sorted(set(customers)):
        record_read(
            f"{subject.kind}.printed", by=by, at=at, customer_id=customer_id, subject=subject, node_id=node_id, kind=Kind.PRINT
        )  # fmt: skip
    return made
