"""Moves journeys when the modules below say that something happened; which event means what is configuration of the nodes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from kefu.consultations import events as consultations
from kefu.customers import events as customers
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject
from kefu.foundation.events.bus import subscribe
from kefu.journey.actions.lifecycle import end_all, follow_archive
from kefu.journey.actions.steps import clock_started, step_done, step_marked, step_undone
from kefu.journey.history import locked_open
from kefu.journey.models import Journey, NodeTemplate
from kefu.journey.queries.guarding import Moved, moved_by
from kefu.lab import events as lab
from kefu.sales import events as sales

SUBJECTS = {"order_id": "lab.order", "purchase_id": "sales.purchase", "consultation_id": "consultations.consultation"}


def follow(event: Any) -> None:
    """Complete, mark or undo the nodes, or start the clocks, whose configuration names this event."""
    subject = subject_of(event)
    moved = moved_by(event_key(type(event)))
    open_ones = _Open(event.customer_id, subject)
    for one in (one for one in moved if one.how == "done"):
        if journey := open_ones.at(one):
            step_done(journey=journey, node=_node(journey, one), subject=subject, by=event.by, at=event.at)
            open_ones.link(journey)
    for one in (one for one in moved if one.how == "clock"):
        if journey := open_ones.at(one):
            clock_started(journey=journey, node=_node(journey, one), at=event.at)
    for one in (one for one in moved if one.how == "marked"):
        if (journey := open_ones.at(one)) and journey.node and journey.node_id == one.node_id:
            step_marked(
                journey=journey,
                node=journey.node,
                status_code=one.status_code,
                subject=subject,
                by=event.by,
                at=event.at,
            )
    for one in (one for one in moved if one.how == "undone"):
        if journey := open_ones.at(one):
            reason, node = getattr(event, "reason", ""), _node(journey, one)
            step_undone(journey=journey, node=node, reason=reason, subject=subject, by=event.by, at=event.at)


def _node(journey: Journey, moved: Moved) -> NodeTemplate:
    """The node that an event moves: mostly the one where the journey stands."""
    if journey.node and journey.node_id == moved.node_id:
        return journey.node
    return NodeTemplate.objects.get(pk=moved.node_id)


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
        every, self._linked = locked_open(self._customer_id, self._subject)
        return every

    def at(self, moved: Moved) -> Journey | None:
        """The journey a record belongs to, else the oldest one that stands at the node."""
        standing = [journey for journey in self._every if journey.node_id == moved.node_id]
        found = next(iter([*self._linked[-1:], *standing]), None)
        return found if found and found.template_id == moved.template_id else None

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
