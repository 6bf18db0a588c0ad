"""Talking with customers: surveys, follow-ups, calls; what they no longer want; the end of a journey and the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kefu.config.demo.walk import Walk, verb
from kefu.followup import actions as followups
from kefu.followup.models import FollowUp
from kefu.journey.actions.lifecycle import close, start_journey
from kefu.journey.actions.steps import skip_step
from kefu.journey.models import Journey, NodeTemplate
from kefu.messaging.actions.consent import opt_out
from kefu.messaging.actions.contacts import log_contact
from kefu.messaging.choices import ContactChannel, Direction, Outcome, Purpose
from kefu.questionnaires.models import Questionnaire
from kefu.surveys.actions import answer_opinion, record_response
from kefu.surveys.choices import SurveyChannel
from kefu.surveys.models import Opinion


@verb
def survey(
    walk: Walk, at: datetime, *, code: str, answers: Mapping[str, object], channel: str = "phone", by: str = "service"
) -> None:
    """A service agent asks how satisfied the customer is."""
    record_response(
        customer=walk.customer, survey=Questionnaire.objects.get(code=code), answers=answers, channel=SurveyChannel(channel),
        by=walk.person(by), at=at,
    )  # fmt: skip


@verb
def answer(walk: Walk, at: datetime, *, text: str, by: str) -> None:
    """Somebody tells the customer what became of what he or she said."""
    opinion = Opinion.objects.filter(response__customer=walk.customer_id, state="open").earliest("pk")
    answer_opinion(opinion=opinion, answer=text, by=walk.person(by), at=at)


@verb
def call(
    walk: Walk,
    at: datetime,
    *,
    direction: str,
    purpose: str,
    outcome: str,
    note: str,
    channel: str = "phone",
    by: str = "service",
) -> None:
    """A call, or another contact that no other step keeps."""
    log_contact(
        customer=walk.customer, channel=ContactChannel(channel), direction=Direction(direction), purpose=Purpose(purpose),
        outcome=Outcome(outcome), note=note, by=walk.person(by), at=at,
    )  # fmt: skip


@verb
def follow(walk: Walk, at: datetime, *, code: str, outcome: str, note: str, by: str = "manager") -> None:
    """A planned contact is made."""
    planned = FollowUp.objects.get(customer=walk.customer_id, kind="after_report", code=code, state="open")
    followups.log_contact(follow_up=planned, outcome=Outcome(outcome), note=note, by=walk.person(by), at=at)


@verb
def no_contact(
    walk: Walk, at: datetime, *, reason: str, kinds: Sequence[str] = (), codes: Sequence[str] = (), by: str = "manager"
) -> None:
    """Planned contacts of some kinds, or with some codes, are stopped."""
    planned = FollowUp.objects.filter(customer=walk.customer_id, state="open")
    planned = planned.filter(kind__in=kinds) if kinds else planned.filter(code__in=codes)
    for one in planned.order_by("pk"):
        followups.stop(follow_up=one, reason=reason, by=walk.person(by), at=at)


@verb
def no_more_contact(walk: Walk, at: datetime, *, reason: str, by: str = "manager") -> None:
    """The customer wants no calls and greetings any more; what a report or parcel needs is still told."""
    followups.stop_all(customer=walk.customer, reason=reason, by=walk.person(by), at=at)
    opt_out(customer=walk.customer, reason=reason, by=walk.person(by), at=at)


@verb
def skip(walk: Walk, at: datetime, *, reason: str, by: str = "manager") -> None:
    """The customer does not want the optional step."""
    skip_step(journey=_journey(walk), reason=reason, by=walk.person(by), at=at)


@verb
def finish(walk: Walk, at: datetime, *, reason: str, by: str = "manager") -> None:
    """The journey has run its course."""
    close(journey=_journey(walk), reason=reason, by=walk.person(by), at=at)


@verb
def again(walk: Walk, at: datetime, *, node: str, reason: str, by: str = "manager") -> None:
    """Another journey begins at a later step."""
    start = NodeTemplate.objects.select_related("template").get(code=node, template__active=True)
    start_journey(customer=walk.customer, start=start, reason=reason, by=walk.person(by), at=at)


def _journey(walk: Walk) -> Journey:
    return Journey.objects.select_related("customer__node", "template", "node").get(
        customer=walk.customer_id, state="open"
    )
