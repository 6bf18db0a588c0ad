"""What people do every day: managers keep what they planned, opinions are answered, notices read."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from kefu.config.demo.year.agenda import Course, Steps
from kefu.config.demo.year.grading import next_entry
from kefu.config.demo.year.house import House
from kefu.config.demo.year.life import Life
from kefu.customers.actions.referrals import settle_prompt
from kefu.customers.choices import PromptState
from kefu.customers.models import ReferralPrompt, Standing
from kefu.followup.actions import log_contact, stop
from kefu.followup.models import FollowUp
from kefu.foundation.notices.actions import mark_all_read
from kefu.foundation.notices.models import Notice
from kefu.messaging.actions.consent import opt_out
from kefu.messaging.choices import Outcome
from kefu.organisation.models import User
from kefu.surveys.actions import answer_opinion
from kefu.surveys.models import Opinion

CALLS, ENTRIES = 22, 16
"""More a manager does not get done in a day."""
PUT_OFF = 10
"""Of a hundred planned things, those that wait for another day."""
TIRED = 3
"""After so many calls in vain a contact is given up."""
OUTCOMES = {
    Outcome.REACHED: 74,
    Outcome.NO_ANSWER: 17,
    Outcome.CALL_LATER: 5,
    Outcome.LEFT_MESSAGE: 2,
    Outcome.REFUSED: 2,
}
GAP = timedelta(minutes=4)
FRIDAY = 4


def caring(house: House, centre: str, number: str, since: datetime) -> Course:
    """A manager's days: planned contacts before noon, tracking entries after it, on Fridays the open prompts."""
    chance, at = house.chance(f"desk {number}"), since
    while house.people[number].is_active:
        at = yield house.hours(centre).daily(at, time(11, 5))
        at = yield from _contacts(house, number, chance, at)
        at = yield max(at, at.replace(hour=14, minute=0))
        at = yield from _trackings(house, number, chance, at)
        if at.weekday() == FRIDAY:
            _prompts(house, number, chance, at)


def _contacts(house: House, number: str, chance: Random, at: datetime) -> Steps:
    due = FollowUp.objects.filter(state="open", due_at__lte=at, customer__health_manager__job_number=number)
    for pk in list(due.order_by("due_at", "customer_id", "code").values_list("pk", flat=True)[:CALLS]):
        planned = due.select_related("customer").filter(pk=pk).first()
        if planned is None or chance.random() * 100 < PUT_OFF:
            continue
        _call(house, planned, house.people[number], chance, at)
        at = yield at + GAP
    return at


def _call(house: House, planned: FollowUp, by: User, chance: Random, at: datetime) -> None:
    outcome = chance.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
    words = house.words["followups"]
    if outcome == Outcome.REACHED:
        note = chance.choice(words.get(planned.code) or words[planned.kind])
        log_contact(follow_up=planned, outcome=outcome, note=note, by=by, at=at)
        if planned.code == "d2" and chance.random() < 0.5:
            _no_greetings(house, planned, by, at)
    elif outcome == Outcome.REFUSED:
        log_contact(follow_up=planned, outcome=outcome, note=house.words["refused_call"], by=by, at=at)
        if chance.random() < 0.3:
            opt_out(customer=planned.customer, reason=house.words["no_more"], by=by, at=at)
    elif planned.attempts + 1 >= TIRED:
        stop(follow_up=planned, reason=house.words["not_reached"], by=by, at=at)
    else:
        log_contact(follow_up=planned, outcome=outcome, note="", by=by, at=at)


def _no_greetings(house: House, planned: FollowUp, by: User, at: datetime) -> None:
    greetings = FollowUp.objects.filter(customer=planned.customer_id, state="open", kind="holiday")
    for one in greetings.order_by("due_at", "code"):
        stop(follow_up=one, reason=house.words["no_holiday"], by=by, at=at)


def _trackings(house: House, number: str, chance: Random, at: datetime) -> Steps:
    due = Standing.objects.filter(due_on__lte=at.date(), customer__health_manager__job_number=number)
    due = due.exclude(customer__stage="closed")
    for pk in list(due.order_by("due_on", "customer_id").values_list("pk", flat=True)[:ENTRIES]):
        standing = due.filter(pk=pk).first()
        if standing is None or chance.random() * 100 < PUT_OFF:
            continue
        walk = house.walk_of(standing.customer_id)
        next_entry(Life(house, walk, at, chance), standing, at)
        at = yield at + GAP
    return at


def _prompts(house: House, number: str, chance: Random, at: datetime) -> None:
    waiting = ReferralPrompt.objects.filter(state=PromptState.OPEN, customer__health_manager__job_number=number)
    for prompt in waiting.select_related("customer").order_by("at", "customer_id")[:CALLS]:
        if chance.random() < 0.5:
            state = PromptState.DECLINED if chance.random() < 0.6 else PromptState.PASSED
            settle_prompt(prompt=prompt, state=state, by=house.people[number], at=at)


def answering(house: House, number: str) -> Course:
    """The supervisor tells customers what became of what they said; a few wait too long."""
    chance, at = house.chance(f"desk {number}"), house.day(0, 15)
    replies = {row["text"]: row["answer"] for row in house.words["suggestions"]}
    while True:
        at = yield house.hours("HQ").daily(at, time(15, 20))
        for opinion in Opinion.objects.filter(state="open").order_by(
            "due_at", "response__customer_id", "question_code"
        ):
            if chance.random() < 0.3:
                answer_opinion(opinion=opinion, answer=replies[opinion.text], by=house.people[number], at=at)
                at = yield at + GAP


def reading(house: House) -> Course:
    """On Friday afternoons, and in the morning before the last day, everybody reads what the bell has rung for."""
    at = house.day(0, 16)
    while True:
        at = yield house.hours("HQ").daily(at, time(16, 40))
        last = house.hours("HQ").daily(at, time(16, 40)) > house.end
        if at.weekday() == FRIDAY or last:
            told = set(Notice.objects.filter(read_at__isnull=True).values_list("user__job_number", flat=True))
            for person in [house.people[number] for number in sorted(told & house.people.keys())]:
                mark_all_read(by=person, at=at)
