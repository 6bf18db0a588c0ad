"""Ordering tests, changing and cancelling an order (LAB-001, LAB-002, JRN-005)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind, Stage
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.lab.actions.lines import write_lines, write_version
from kefu.lab.actions.promises import promise_report
from kefu.lab.choices import PromiseKind
from kefu.lab.events import OrderPlaced
from kefu.lab.gates import PLACE
from kefu.lab.models import Order
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import order_url, subject_of
from kefu.lab.queries.dates import due_date
from kefu.lab.queries.lines import codes, plan, told, total_of
from kefu.lab.sentences import ORDERED, TO_SIGN
from kefu.organisation.models import User
from kefu.people.queries import require_bookable
from kefu.products.models import Package, TestItem

ORDERS = Series("lab.order", "L", digits=4, monthly=True)


@action
def place_order(
    *,
    customer: Customer,
    doctor: User,
    items: Sequence[TestItem],
    packages: Sequence[Package] = (),
    note: str = "",
    by: User,
    at: datetime,
) -> Order:
    """Order tests for a customer; the total is computed, the report date estimated, the health manager told (LAB-001, JRN-005).

    An item named twice counts twice. Raises Invalid (items, doctor), Refused `no_archive`, `doctor_not_certified`, Forbidden, OutOfScope.
    """
    require(by, LabPermission.ORDER_PLACE, customer=customer)
    hold(customer.pk)
    check(PLACE, by=by, at=at, customer_id=customer.pk)
    if customer.stage != Stage.ACTIVE:
        raise Refused("no_archive", _("客户还没有建档，先建档再开单。"))
    if not colleagues_with("doctor", customer.node_id).filter(pk=doctor.pk).exists():
        raise Invalid.one("doctor", "not_a_doctor_here", _("这位同事不是该分中心的功能医生。"))
    require_bookable(doctor, at)
    lines = plan(items, packages)
    due, _calendar_days = due_date(customer.node, [line.item for line in lines], at)
    order = Order.objects.create(
        number=ORDERS.issue(at), customer=customer, doctor=doctor, node=customer.node, total=total_of(lines),
        note=note.strip()[:500], estimated_due=due.due_on, placed_by=by, placed_at=at,
    )  # fmt: skip
    write_lines(order, lines)
    write_version(order, lines, "", by, at)
    promise_report(order, PromiseKind.ESTIMATED, by=by, at=at)
    record(
        "lab.order.placed", by=by, at=at, subject=subject_of(order), customer_id=customer.pk, node_id=order.node_id,
        changes={"number": (None, order.number), "total": (None, order.total), "doctor": (None, doctor.job_number)},
        personal={"items": (None, codes(lines))},
    )  # fmt: skip
    record_fact(customer=customer, kind=FactKind.TEST, item=ORDERED(number=order.number), amount=order.total,
                lines=told(lines), subject=subject_of(order), by=by, at=at)  # fmt: skip
    _tell_manager(order, at)
    announce(OrderPlaced(order_id=order.pk, customer_id=customer.pk, by=by, at=at))
    return order


def _tell_manager(order: Order, at: datetime) -> None:
    """The electronic request to the health manager (JRN-005); the paper one lies in the printer."""
    manager = order.customer.health_manager
    if manager is not None:
        tell(
            users=[manager],
            code="lab_order_placed",
            text=TO_SIGN(number=order.number),
            link=order_url(order.pk),
            customer_id=order.customer_id,
            at=at,
        )
