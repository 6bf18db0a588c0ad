"""Telling customers of a coach: once for each state of things, again when it changed, and no more when it does not come (STK-023)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from kefu.customers.models import Customer
from kefu.dispatch.models import Run, RunLine, RunTold
from kefu.dispatch.queries import RUN
from kefu.dispatch.sentences import COACH_CHANGED
from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.outbox.actions import withdraw
from kefu.foundation.outbox.choices import LEFT, STOPPED, State
from kefu.kernel.phones import show
from kefu.messaging.actions import send
from kefu.messaging.models import Message
from kefu.organisation.models import User

COMING, CHANGED, OFF = "coach_coming", "coach_changed", "coach_off"
UNHEARD = (State.PENDING, State.SENDING, *STOPPED)
log = logging.getLogger(__name__)


@within_action
def take_back(*, run: Run, by: User, at: datetime) -> None:
    """What has not left about this run is not true any more."""
    waiting = RunTold.objects.filter(line__run=run, message__outbox__state__in=UNHEARD)
    for customer, outbox in waiting.values_list("message__customer", "message__outbox").distinct():
        withdraw(customer_id=customer, only=[outbox], reason=COACH_CHANGED.code, by=by, at=at)


@within_action
def tell_where(*, run: Run, by: User, at: datetime) -> None:
    """Each customer hears once plate, arrival, place and the driver's telephone; who heard it differently, that it changed."""
    for lines in _by_customer(run).values():
        template = CHANGED if _heard(run, lines) else COMING
        _tell(run, lines, template, _values(run, lines), over=False, by=by, at=at)


@within_action
def tell_over(*, run: Run, by: User, at: datetime) -> None:
    """Who has heard of the coach hears that it does not come; nobody else hears anything."""
    for lines in _by_customer(run).values():
        if _heard(run, lines):
            _tell(run, lines, OFF, {"plate": run.plate}, over=True, by=by, at=at)


def _by_customer(run: Run) -> dict[int, list[RunLine]]:
    found: dict[int, list[RunLine]] = defaultdict(list)
    for line in run.lines.select_related("purchase__customer__node").order_by("purchase__customer", "pk"):
        found[line.purchase.customer_id].append(line)
    return found


def _heard(run: Run, lines: list[RunLine]) -> bool:
    """Whether a message about this run left for the customer."""
    return RunTold.objects.filter(line__in=lines, message__outbox__state__in=LEFT).exists()


def _values(run: Run, lines: list[RunLine]) -> Mapping[str, object]:
    arrives = timezone.localtime(run.arrives_at)
    return {
        "plate": run.plate,
        "date": arrives.date(),
        "time": f"{arrives:%H:%M}",
        "place": run.pickup_point,
        "driver_phone": show(run.driver_phone),
        "product_count": sum(line.packs for line in lines),
    }


def _tell(
    run: Run, lines: list[RunLine], template: str, values: Mapping[str, object], *, over: bool, by: User, at: datetime
) -> None:
    customer = lines[0].purchase.customer
    message = _sent(run, customer, template, values, by, at)
    if message is not None:
        RunTold.objects.bulk_create(
            RunTold(line=line, revision=run.revision, over=over, message=message, at=at) for line in lines
        )


def _sent(
    run: Run, customer: Customer, template: str, values: Mapping[str, object], by: User, at: datetime
) -> Message | None:
    """None where the words are missing: that keeps nobody from work, colleagues call."""
    key = f"dispatch.run:{run.pk}:{run.revision}:{customer.pk}"
    try:
        return send(
            customer=customer, template=template, values=values, subject=Subject(RUN, run.pk), key=key, expires_at=run.arrives_at, by=by, at=at
        )  # fmt: skip
    except LookupError:
        log.warning("no message template %s: a customer of run %s was not told", template, run.pk)
        return None
