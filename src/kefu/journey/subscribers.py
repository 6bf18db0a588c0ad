"""Moves journeys when the modules below say that something happened; which event means what is configuration of the nodes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import Q

from kefu.consultations import events as consultations
from kefu.customers import events as customers
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject
from kefu.foundation.events.bus import subscribe
from kefu.journey.actions.lifecycle import end_all, follow_archive
from kefu.journey.actions.steps import clock_started, step_done, step_marked, step_undone
from kefu.journey.history import locked_open
from kefu.journey.models import ExtraStatus, Journey, NodeTemplate
from kefu.lab import events as lab
from kefu.sales import events as sales

SUBJECTS = {"order_id": "lab.order", "purchase_id": "sales.purchase", "consultation_id": "consultations.consultation"}


def follow(event: Any) -> None:
    """Complete, mark or undo the nodes, or start the clocks, whose configuration names this event."""
    key = event_key(type(event))
    subject = subject_of(event)
    moved = Q(completed_by=key) | Q(undone_by__contains=[key]) | Q(clock_from=key)
    nodes = list(NodeTemplate.objects.filter(moved, template__active=True, retired=False))
    open_ones = _Open(event.customer_id, subject)
    for node in (node for node in nodes if node.completed_by == key):
        if journey := open_ones.at(node):
            step_done(journey=journey, node=node, subject=subject, by=event.by, at=event.at)
            open_ones.link(journey)
    for node in (node for node in nodes if node.clock_from == key):
        if journey := open_ones.at(node):
            clock_started(journey=journey, node=node, at=event.at)
    for extra in ExtraStatus.objects.filter(set_by=key, node__template__active=True).select_related("node"):
        if (journey := open_ones.at(extra.node)) and journey.node_id == extra.node_id:
            step_marked(
                journey=journey, node=extra.node, status_code=extra.code, subject=subject, by=event.by, at=event.at
            )
    for node in (node for node in nodes if key in node.undone_by):
        if journey := open_ones.at(node):
            reason = getattr(event, "reason", "")
            step_undone(journey=journey, node=node, reason=reason, subject=subject, by=event.by, at=event.at)


def event_key(event: type) -> str:
    """How configuration names an event: module and class, e.g. `lab.KitIssued`."""
    return f"{event.__module__.split('.')[1]}.{event.__name__}"


def subject_of(event: Any) -> Subject | None:
    """The record an event is about, by the name of its id field."""
    for field, kind in SUBJECTS.items():
        if (pk := getattr(event, field, None)) is not None:
            return Subject(kind, pk)
    return None


class _Open:
    """The open journeys an event may move, read and locked when the first node asks for one."""

    def __init__(self, customer_id: int, subject: Subject | None) -> None:
        self._customer_id, self._subject = customer_id, subject
        self._linked: list[Journey] = []

    @cached_property
    def _every(self) -> list[Journey]:
        every, self._linked = locked_open(self._customer_id, self._subject, "customer__node", "template", "node")
        return every

    def at(self, node: NodeTemplate) -> Journey | None:
        """The journey a record belongs to, else the oldest one that stands at the node."""
        standing = [journey for journey in self._every if journey.node_id == node.pk]
        found = next(iter([*self._linked[-1:], *standing]), None)
        return found if found and found.template_id == node.template_id else None

    def link(self, journey: Journey) -> None:
        """From now on the record belongs to this journey."""
        if self._subject is not None and journey not in self._linked:
            self._linked.append(journey)


def on_archive_opened(event: customers.ArchiveOpened) -> None:
    """Every customer with an archive has a journey."""
    follow_archive(customer=Customer.objects.select_related("node").get(pk=event.customer_id), by=event.by, at=event.at)


def on_customer_closed(event: customers.CustomerClosed) -> None:
    """A closed customer's journeys end."""
    end_all(customer_id=event.customer_id, reason=event.reason, by=event.by, at=event.at)


subscribe(customers.ArchiveOpened, on_archive_opened)
subscribe(customers.CustomerClosed, on_customer_closed)
FOLLOWED: list[type] = [
    consultations.ConsultationSaved, lab.OrderPlaced, lab.OrderCancelled, lab.KitIssued, lab.KitTakenBack, lab.SampleAccepted,
    lab.SampleCheckUndone, lab.SampleRejected, lab.ReportArrived, lab.ReportsApproved, lab.ApprovalWithdrawn, lab.OverallWritten, lab.PaperMade,
    lab.ReportHandedOver, lab.ReportInterpreted, sales.PurchaseSigned, sales.PurchaseCancelled, sales.PurchaseDispatched,
    sales.PurchaseReturned,
]  # fmt: skip
for _event in FOLLOWED:
    subscribe(_event, follow)
