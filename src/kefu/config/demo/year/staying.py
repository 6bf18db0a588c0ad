"""What comes after the first round: buying again, the next examination, and what happens to people."""

from __future__ import annotations

from datetime import datetime, timedelta

from kefu.appointments.choices import AppointmentType
from kefu.config.demo.verbs import care, intake
from kefu.config.demo.year.agenda import Course, Steps
from kefu.config.demo.year.buying import advised, asked, bought
from kefu.config.demo.year.grading import first_entry
from kefu.config.demo.year.life import Life
from kefu.config.demo.year.meeting import approach, booked, referred, visit
from kefu.config.demo.year.testing import examine
from kefu.customers.actions.consents import withdraw_consent
from kefu.customers.actions.deaths import record_death
from kefu.customers.actions.flags import set_flag
from kefu.customers.choices import ConsentMethod, ConsentScope, ConsentState
from kefu.customers.queries.consents import standing_of
from kefu.journey.actions.lifecycle import close
from kefu.journey.models import Journey


def live(life: Life) -> Course:
    """The whole life, as far as the year goes."""
    came = yield from approach(life, (yield life.comes))
    if came is None:
        return
    seen, interviewed = yield from visit(life, came)
    if not interviewed:
        yield from _given_up(life, seen)
        return
    referred(life, "visited", "", seen)
    if life.happens(20):
        yield from _thinking(life, seen)
        return
    if life.happens(18):
        first_entry(life, seen + timedelta(minutes=10))
    at = yield from examine(life, seen)
    at = yield from advised(life, at)
    if life.happens(2):
        at = yield from _noted(life, at)
    if life.happens(0.4):
        at = yield life.later(at, 15, 60)
        told = life.say("deaths")
        record_death(
            customer=life.walk.customer,
            told_by=told,
            died_on=at.date() - timedelta(days=life.chance.randint(1, 9)),
            by=life.manager,
            at=at,
        )
        return
    while True:
        at = yield from _next_round(life, at)


def _thinking(life: Life, at: datetime) -> Steps:
    """Interviewed, but no test is wanted yet."""
    at = yield at + timedelta(minutes=18)
    intake.seen(life.walk, at)
    at = yield life.soon(at, 10, 60)
    if life.happens(60):
        first_entry(life, at)
    return (yield from _given_up(life, at))


def _given_up(life: Life, at: datetime) -> Steps:
    """After some weeks without a word the manager ends the journey."""
    at = yield life.later(at, 15, 40)
    _close(life, at, "given_up")
    return at


def _noted(life: Life, at: datetime) -> Steps:
    """Something colleagues have to know; of few the director says that nothing more is sold to them."""
    at = yield life.later(at, 5, 30)
    kind = "refuse_to_sell" if life.happens(25) else "unreasonable"
    set_flag(customer=life.walk.customer, kind=kind, reason=life.house.words["flags"][kind], by=life.director, at=at)
    life.barred = kind == "refuse_to_sell"
    return at


def _next_round(life: Life, at: datetime) -> Steps:
    """Months later: products again, an examination again, or just a change of mind about messages."""
    at = yield life.later(at, 45, 85)
    if life.happens(4):
        _unsubscribe(life, at)
    if life.barred or life.guardian or life.walk.customer.stage != "active":
        return at
    if life.happens(34):
        _close(life, at)
        care.again(life.walk, at, node="product_ordered", reason=life.say("renewed"))
        at = yield from bought(life, at)
        at = yield from asked(life, at, "phone_product")
    elif life.happens(11):
        at = yield life.later(at, 20, 45)
        _close(life, at)
        care.again(life.walk, at, node="tests_ordered", reason=life.say("retest"))
        at, came = yield from booked(life, at, _what_for(life))
        if came:
            at = yield from examine(life, at)
            return (yield from advised(life, at))
        at = yield from _given_up(life, at)
    return at


def _what_for(life: Life) -> str:
    """A re-visit, or what the centre has of its own."""
    own = [row["code"] for row in life.house.words["visit_types"] if row["node"] == life.centre]
    return str(life.chance.choice(own)) if own and life.happens(30) else AppointmentType.REVISIT


def _close(life: Life, at: datetime, why: str = "closed") -> None:
    """The round before has run its course, or came to nothing."""
    journey = Journey.objects.filter(customer=life.walk.customer_id, state="open").first()
    if journey is not None:
        close(journey=journey, reason=life.say(why), by=life.manager, at=at)


def _unsubscribe(life: Life, at: datetime) -> None:
    customer = life.walk.customer
    given = standing_of(customer, ConsentScope.MARKETING_SMS)
    if given is not None and given.state == ConsentState.GIVEN and customer.stage == "active":
        withdraw_consent(
            customer=customer, scope=ConsentScope.MARKETING_SMS, method=ConsentMethod.PHONE, note=life.house.words["marketing"],
            by=life.manager, at=at,
        )  # fmt: skip
