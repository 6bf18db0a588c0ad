"""Greetings of the day, and the messages to many, minute by minute."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from django.utils import timezone

from kefu.followup.actions.greetings import open_greeting, write_portion
from kefu.followup.actions.pushes import give_up_plan, run_push
from kefu.followup.birthdays import greetable, lunar_on, solar_on
from kefu.followup.choices import PushKind, PushState
from kefu.followup.limits import FESTIVAL_TIME, GREETING_TIME
from kefu.followup.models import FestivalGreeting, Push
from kefu.foundation.jobs.queries import system_user
from kefu.foundation.jobs.registry import every
from kefu.foundation.limits.registry import Limit
from kefu.foundation.worktime.models import Festival
from kefu.foundation.worktime.queries import festival_in
from kefu.kernel.errors import Forbidden, OutOfScope, Refused
from kefu.messaging.limits import QUIET_FROM

log = logging.getLogger("kefu.followup")
BIRTHDAYS = {"birthday": solar_on, "birthday_lunar": lunar_on}


@every("*/5 * * * *", "followup.greet_birthdays")
def greet_birthdays(*, at: datetime) -> None:
    """From nine on, once a day, whoever has birthday: also when nobody worked at nine (FUP-007)."""
    if not _hour_has_come(GREETING_TIME, at):
        return
    day = timezone.localdate(at)
    for template, narrow in BIRTHDAYS.items():
        customers = narrow(greetable(), [day])
        open_greeting(
            kind=PushKind.BIRTHDAY,
            template=template,
            title=f"{day:%Y-%m-%d}",
            day=day,
            customers=customers,
            by=system_user(),
            at=at,
        )


@every("*/5 * * * *", "followup.greet_festivals")
def greet_festivals(*, at: datetime) -> None:
    """The greeting of a festival that was switched on, on the day for it (FUP-007)."""
    if not _hour_has_come(FESTIVAL_TIME, at):
        return
    day = timezone.localdate(at)
    wanted = FestivalGreeting.objects.filter(on=True).values_list("festival", flat=True)
    for festival in Festival.objects.filter(code__in=wanted):
        kept = day + timedelta(days=festival.lead_days)
        if kept in (festival_in(festival, kept.year - 1), festival_in(festival, kept.year)):
            open_greeting(kind=PushKind.FESTIVAL, template=festival.greeting_template, title=festival.zh, day=day, customers=greetable(),
                          by=system_user(), at=at)  # fmt: skip


@every("* * * * *", "followup.begin_pushes")
def begin_pushes(*, at: datetime) -> None:
    """What is approved and planned for now begins, by whoever wrote it; what can't begin any more waits for a person."""
    for push in (
        Push.objects.filter(state=PushState.APPROVED, planned_at__lte=at).select_related("made_by").order_by("pk")
    ):
        with _alone(push.pk):
            try:
                run_push(push=push, by=push.made_by, at=at)
            except (Refused, Forbidden, OutOfScope) as error:
                give_up_plan(push=push, reason=str(error), by=system_user(), at=at)


@every("* * * * *", "followup.write_pushes")
def write_pushes(*, at: datetime) -> None:
    """One portion of everything that is being sent."""
    for pk in Push.objects.filter(state=PushState.RUNNING).order_by("pk").values_list("pk", flat=True):
        with _alone(pk):
            write_portion(push_id=pk, by=system_user(), at=at)


@contextmanager
def _alone(push_id: int) -> Iterator[None]:
    """What goes wrong with one push stops no other; the log has its number and the kind of error, since its words may name customers."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  tried again in the next minute
        log.error("push %s did not go on: %s", push_id, type(error).__name__)


def _hour_has_come(opens: Limit[str], at: datetime) -> bool:
    now = timezone.localtime(at).time()
    return time.fromisoformat(opens.on(at)) <= now < time.fromisoformat(QUIET_FROM.on(at))
