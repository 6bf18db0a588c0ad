"""Telling customers of a coach: once for each state of things, again when it changed, and no more when it does not come (STK-023)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

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
HEARD = (*LEFT, State.SENDING)
"""What is on its way at this moment may arrive although it is taken back."""
log = logging.getLogger(__name__)


@within_action
def take_back(*, run: Run, by: User, at: datetime) -> frozenset[int]:
    """What has not left about this run is not true any more. Answers the customers who have heard of it, or may be hearing at this moment."""
    told = RunTold.objects.filter(line__run=run, message__outbox__state__in=HEARD)
    heard = frozenset(told.values_list("message__customer", flat=True))
    waiting = RunTold.objects.filter(line__run=run, message__outbox__state__in=UNHEARD)
    for customer, outbox in waiting.values_list("message__customer", "message__outbox").distinct():
        withdraw(customer_id=customer, only=[outbox], reason=COACH_CHANGED.code, by=by, at=at)
    return heard


@within_action
def tell_instead(*, message_id: int, instead_of_id: int) -> None:
    """What went by another way is what the customer was told: it is taken back with the run, and counts as heard."""
    RunTold.objects.filter(message=instead_of_id).update(message=message_id)


@within_action
def tell_where(*, run: Run, by: User, at: datetime, heard: frozenset[int] = frozenset()) -> None:
    """Each customer hears once plate, arrival, place and the driver's telephone; who `heard` it differently, that it changed."""
    for customer_id, lines in _by_customer(run).items():
        template = CHANGED if customer_id in heard else COMING
        _tell(run, lines, template, _values(run, lines), over=False, by=by, at=at)


@within_action
def tell_over(*, run: Run, by: User, at: datetime, heard: frozenset[int]) -> None:
    """Who has `heard` of the coach hears that it does not come; nobody else hears anything."""
    for customer_id, lines in _by_customer(run).items():
        if customer_id in heard:
            _tell(run, lines, OFF, {"plate": run.plate}, over=True, by=by, at=at)


def _by_customer(run: Run) -> dict[int, list[RunLine]]:
    found: dict[int, list[RunLine]] = defaultdict(list)
    for line in run.lines.select_related("purchase__customer__node").order_by("purchase__customer", "pk"):
        found[line.purchase.customer_id].append(line)
    return found


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
    """None where the words are missing: that keeps nobody from work, colleagues call. That it does not come is worth hearing after the arrival."""
    key = f"dispatch.run:{run.pk}:{run.revision}:{customer.pk}"
    until = at + timedelta(days=1) if template == OFF else run.arrives_at
    try:
        return send(
            customer=customer, template=template, values=values, subject=Subject(RUN, run.pk), key=key, expires_at=until, by=by, at=at
        )  # fmt: skip
    except LookupError:
        log.warning("no message template %s: a customer of run %s was not told", template, run.pk)
        return None
