"""Greetings by themselves: birthdays and festivals; and writing, portion by portion, whatever is being sent to many (FUP-007, FUP-008)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from kefu.customers.holding import lock
from kefu.customers.models import Customer
from kefu.customers.queries.finding import HEAVY
from kefu.followup.actions.pushes import KIND, add_recipients, finish
from kefu.followup.choices import PushKind, PushState
from kefu.followup.limits import PER_MINUTE
from kefu.followup.models import FestivalGreeting, Push, PushRecipient
from kefu.followup.rights import require_whole
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.worktime.models import Festival
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.messaging.actions import send_many
from kefu.organisation.models import User

DAY = timedelta(days=1)


@action
def switch_festival(*, festival: Festival, on: bool, by: User, at: datetime) -> None:
    """Greet customers at a festival by themselves from now on, or no more. Raises Forbidden, OutOfScope without the right for the whole house."""
    require_whole(by, by.node_id)
    found, _made = FestivalGreeting.objects.get_or_create(
        festival=festival.code, defaults={"on": False, "by": by, "at": at}
    )
    if found.on == on:
        return nothing_changed()
    FestivalGreeting.objects.filter(pk=found.pk).update(on=on, by=by, at=at)
    return record(
        "followup.festival.switched",
        by=by,
        at=at,
        subject=Subject("worktime.festival", festival.pk),
        changes={"on": (found.on, on)},
    )


@action
def open_greeting(
    *, kind: PushKind, template: str, title: str, day: date, customers: QuerySet[Customer], by: User, at: datetime
) -> Push | None:
    """Begin the greeting of a day, once: who gets it is frozen. Answers None when it has begun already or nobody is to be greeted."""
    if Push.objects.filter(kind=kind, template=template, day=day).exists():
        nothing_changed()
        return None
    push = Push.objects.create(
        kind=kind, title=title, template=template, day=day, node=by.node, per_minute=PER_MINUTE.on(at), state=PushState.RUNNING,
        made_by=by, made_at=at, started_at=at,
    )  # fmt: skip
    count = add_recipients(push=push, customers=customers.order_by("pk").values_list("pk", flat=True).iterator())
    record(
        "followup.greeting.begun",
        by=by,
        at=at,
        subject=Subject(KIND, push.pk),
        changes={"template": (None, template), "count": (0, count)},
    )
    if not count:
        finish(push=push, by=by, at=at)
    return push


@action
def write_portion(*, push_id: int, by: User, at: datetime) -> int:
    """Write the next messages of a push, as many as it may send in a minute; answers how many. Each customer gets one, whoever dies meanwhile."""
    push = (
        Push.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(pk=push_id, state=PushState.RUNNING)
        .first()
    )
    if push is None:
        nothing_changed()
        return 0
    next_ones = list(
        push.recipients.filter(message=None).order_by("pk").values_list("pk", "customer_id")[: push.per_minute]
    )
    if not next_ones:
        finish(push=push, by=by, at=at)
        return 0
    ids = [customer for _pk, customer in next_ones]
    lock(*ids)  # who dies or opts out at this moment does so before the reading, or takes back what was written
    people = Customer.objects.select_related("node__parent__parent", "doctor", "health_manager").defer(*HEAVY)
    customers = list(people.filter(pk__in=ids).order_by("pk"))
    made = send_many(
        customers=customers, template=push.template, key=f"push:{push.pk}", subject=Subject(KIND, push.pk), expires_at=_useful_until(push),
        by=push.approved_by or push.made_by, at=at,
    )  # fmt: skip
    rows = [PushRecipient(pk=pk, message_id=made[customer].pk) for pk, customer in next_ones]
    PushRecipient.objects.bulk_update(rows, ["message"], batch_size=1000)
    return len(rows)


def _useful_until(push: Push) -> datetime | None:
    """A greeting that says "today" is of no use the day after."""
    return None if push.kind == PushKind.CAMPAIGN else datetime.combine(push.day + DAY, time(), SHANGHAI)
