"""From the laboratory's results to the explained report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from kefu.config.demo.laboratory import CORRECTED, FINAL, Delivery
from kefu.config.demo.play import StoryError
from kefu.config.demo.walk import Walk, verb
from kefu.foundation.audit.context import origin
from kefu.lab.actions.handovers import hand_over
from kefu.lab.actions.interpretations import interpret as explain
from kefu.lab.actions.messages import receive
from kefu.lab.actions.overall import write_overall
from kefu.lab.actions.papers import make_paper
from kefu.lab.actions.reviews import approve_report
from kefu.lab.choices import HandoverMode, InterpretationMode, ReportKind
from kefu.lab.models import Report
from kefu.lab.queries.lines import active_items
from kefu.organisation.queries import LABORATORY, system_user


@verb
def results(walk: Walk, at: datetime, *, items: Sequence[str] = (), values: Mapping[str, str] | None = None) -> None:
    """The laboratory sends results, of all items or some; abnormal ones are the story's, the others lie in their range."""
    _deliver(walk, at, items, values or {}, FINAL)


@verb
def corrected(walk: Walk, at: datetime, *, items: Sequence[str], values: Mapping[str, str]) -> None:
    """The laboratory corrects results it has sent before."""
    _deliver(walk, at, items, values, CORRECTED)


@verb
def approve(walk: Walk, at: datetime, *, note: str = "", by: str = "consulting") -> None:
    """The consulting department checks and releases what has come."""
    for report in Report.objects.current().filter(order=walk.order, kind="item", status="arrived").order_by("pk"):
        approve_report(report=report, note=note, by=walk.person(by), at=at)


@verb
def overall(walk: Walk, at: datetime, *, text: str) -> None:
    """The doctor enters the overall report."""
    write_overall(report=_overall(walk), text=text, by=walk.person("doctor"), at=at)


@verb
def paper(walk: Walk, at: datetime, *, by: str = "consulting") -> None:
    """The complete report is made for printing."""
    make_paper(report=_overall(walk), by=walk.person(by), at=at)


@verb
def handover(
    walk: Walk, at: datetime, *, mode: str, carrier: str = "", waybill: str = "", by: str = "consulting"
) -> None:
    """The paper report is collected, received the same day, or posted."""
    received = timezone.localdate(at) if mode == HandoverMode.COLLECTED else None
    hand_over(
        report=_overall(walk), mode=HandoverMode(mode), received_on=received, carrier=carrier, waybill=waybill,
        by=walk.person(by), at=at,
    )  # fmt: skip


@verb
def receipt(walk: Walk, at: datetime, *, by: str = "manager") -> None:
    """The posted report has reached the customer."""
    hand_over(
        report=_overall(walk), mode=HandoverMode.POSTED, received_on=timezone.localdate(at), by=walk.person(by), at=at
    )


@verb
def interpret(walk: Walk, at: datetime, *, mode: str, note: str = "") -> None:
    """The doctor explains the report."""
    explain(report=_overall(walk), mode=InterpretationMode(mode), note=note, by=walk.person("doctor"), at=at)


def _overall(walk: Walk) -> Report:
    return Report.objects.current().select_related("order__customer").get(order=walk.order, kind=ReportKind.OVERALL)


def _deliver(walk: Walk, at: datetime, items: Sequence[str], values: Mapping[str, str], status: str) -> None:
    order = walk.order
    lines = [line for line in active_items(order) if not items or line.item.code in items]
    message = Delivery(order, lines, values, status).message(at)
    with origin("hl7"):
        answer = receive(raw=message, peer="127.0.0.1", by=system_user(LABORATORY), at=at)
    if b"|AA|" not in answer:
        raise StoryError(f"the laboratory's message was answered {answer!r}")
