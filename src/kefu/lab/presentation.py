"""How orders and samples look: the records that the components print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kefu.customers.presentation import view_of
from kefu.foundation.ui.inputs import CustomerView, Status
from kefu.lab.choices import OrderStatus, SampleState
from kefu.lab.models import Order, Sample

ORDER_LOOK = {
    OrderStatus.TESTS_ORDERED: ("soon", "writing"),
    OrderStatus.SIGNED: ("soon", "package"),
    OrderStatus.CUSTOMER_SAMPLING: ("move", "test-pipe"),
    OrderStatus.RESAMPLING: ("late", "repeat"),
    OrderStatus.TESTING: ("move", "flask"),
    OrderStatus.REPORT_UNDER_REVIEW: ("soon", "report-medical"),
    OrderStatus.REPORT_RELEASED: ("accent", "report-medical"),
    OrderStatus.REVIEWS_COMPLETE: ("accent", "report-analytics"),
    OrderStatus.PAPER_IN_PREPARATION: ("move", "printer"),
    OrderStatus.PAPER_ISSUED: ("move", "mail"),
    OrderStatus.REPORT_INTERPRETED: ("done", "check"),
    OrderStatus.CANCELLED: ("quiet", "x"),
}
SAMPLE_LOOK = {
    SampleState.AWAITED: ("move", "package"),
    SampleState.ACCEPTED: ("done", "check"),
    SampleState.REJECTED: ("late", "x"),
    SampleState.VOID: ("quiet", "minus"),
}


@dataclass(frozen=True)
class OrderRow:
    """An order as listed."""

    order: Order
    status: Status
    customer: CustomerView


@dataclass(frozen=True)
class SampleRow:
    """A sample as listed."""

    sample: Sample
    status: Status
    customer: CustomerView


def order_status(order: Order) -> Status:
    """The order's status with colour and icon."""
    status = OrderStatus(order.status)
    return Status(*ORDER_LOOK[status], status.label)


def sample_status(sample: Sample) -> Status:
    """The sample's state with colour and icon."""
    state = SampleState(sample.state)
    return Status(*SAMPLE_LOOK[state], state.label)


def order_rows(orders: Iterable[Order], at: datetime) -> list[OrderRow]:
    """Orders with customer and doctor loaded, as listed."""
    return [OrderRow(order, order_status(order), view_of(order.customer, at)) for order in orders]


def sample_rows(samples: Iterable[Sample], at: datetime) -> list[SampleRow]:
    """Samples with order and customer loaded, as listed."""
    return [SampleRow(sample, sample_status(sample), view_of(sample.order.customer, at)) for sample in samples]
