"""From the first contact to the doctor's interview. Many leads come to nothing, some visits too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kefu.appointments.actions import cancel, move
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel
from kefu.appointments.models import Appointment
from kefu.config.demo.verbs import care, intake
from kefu.config.demo.year.agenda import Stage, Visit
from kefu.config.demo.year.asking import Asking, asked
from kefu.config.demo.year.life import Life
from kefu.customers.actions import close_customer
from kefu.customers.actions.consents import give_consent
from kefu.customers.actions.facts import note_day
from kefu.customers.actions.flags import set_flag
from kefu.customers.actions.ladder import sort_lead
from kefu.customers.actions.referrals import refer, step_referral
from kefu.customers.choices import ConsentMethod, ConsentScope, FlagKind, LifeEventKind, Rung
from kefu.customers.choices import Stage as Standing

GROWN_UP, OLD = 18, 74
EARLY = timedelta(minutes=8)
NO_SHOW = timedelta(minutes=40)
CHANNELS = (Channel.PHONE, Channel.PHONE, Channel.ONLINE, Channel.ON_SITE)


def approach(life: Life, at: datetime) -> Stage:
    """Somebody calls, writes or walks in; about three of four become customers."""
    row = life.walk.row
    family = _family(life, at) if row["source"] == "family" else None
    desk = life.desk() if row["source"] in ("walk_in", "family", "event") else life.agent()
    intake.lead(life.walk, at, by=desk, note=life.say("lead_notes", row["source"]))
    life.house.codes[life.walk.customer_id] = life.code
    row["health_manager"] = life.chance.choice(life.house.managers(life.centre, at))
    _brought(life, at)
    if not life.happens(life.house.words["opens_archive"][row["source"]]):
        return (yield from _lost(life, at))
    if row["source"] not in ("walk_in", "family"):
        at = yield life.later(at, 0, 2)
        _sort(life, at, life.chance.choice((Rung.INTENDED, Rung.PROSPECT)))
    at = yield life.soon(at, 5, 50)
    intake.archive(life.walk, at, family=family)
    at = yield life.soon(at, 3, 8)
    _complete(life, at)
    return at


def visit(life: Life, at: datetime) -> Visit:
    """Bookings until the customer sits before the doctor, and the interview."""
    for _attempt in range(3):
        at, came = yield from booked(life, at, AppointmentType.FIRST_VISIT)
        if came:
            life.walk.row["interview"] = answers(life)
            intake.interview(life.walk, at)
            return at, True
        if life.happens(30):
            return at, False
        at = yield life.later(at, 1, 3)
        care.call(
            life.walk,
            at,
            direction="out",
            purpose="appointment",
            outcome="reached",
            note=life.say("rebooked"),
            by=life.agent(),
        )
    return at, False


def booked(life: Life, at: datetime, type: str) -> Visit:
    """A visit is booked, perhaps moved or cancelled, and takes place or does not."""
    by = "manager" if life.happens(60) else life.agent()
    wanted, channel = life.later(at, 1, 3), life.chance.choice(CHANNELS)
    booking: Appointment | None
    if channel == Channel.ONLINE:
        at, booking = yield from asked(life, at, wanted, type)
    else:
        booking = intake.book_near(life.walk, at, wanted, type=type, channel=channel, by=by)
    if booking is None:
        return at, False
    change = life.soon(at, 60, 300)
    if change < booking.start - EARLY and life.happens(14):
        at = yield change
        if life.happens(45):
            words = life.say("cancelled")
            code = life.house.words["cancel_codes"][words]
            cancel(appointment=booking, reason=words, code=code, by=life.manager, at=at)
            return at, False
        start = intake.slot_near(life.walk.person("doctor"), booking.node, life.later(booking.start, 1, 4), at)
        booking = move(appointment=booking, start=start, reason=life.say("moved"), by=life.manager, at=at)
    at, booking = yield from _its_time(life, at, booking)
    if booking is None:
        return at, False
    if type == AppointmentType.FIRST_VISIT and life.happens(8):
        at = yield booking.start + NO_SHOW
        intake.missed(life.walk, at, by=life.desk())
        at = yield life.soon(at, 20, 90)
        care.call(
            life.walk,
            at,
            direction="out",
            purpose="appointment",
            outcome="no_answer",
            note=life.say("missed_calls"),
            by=life.agent(),
        )
        return at, False
    intake.arrived(life.walk, at, by=life.desk())
    at = yield booking.start + timedelta(minutes=life.chance.randint(3, 9))
    return at, True


def _its_time(life: Life, at: datetime, booking: Appointment) -> Asking:
    """Until shortly before it begins, however often the centre has to move it meanwhile."""
    while True:
        at = yield max(at, booking.start - EARLY)
        booking = life.walk.appointment
        if booking.status != AppointmentStatus.BOOKED:
            return at, None
        if booking.start - EARLY <= at:
            return at, booking


def _lost(life: Life, at: datetime) -> Stage:
    """A lead that is looked through a few times and given up, or left as it is."""
    for _time in range(life.chance.randint(1, 3)):
        at = yield life.later(at, 1, 12)
        _sort(life, at, life.chance.choice((Rung.ENQUIRER, Rung.LEAD, Rung.INTENDED)))
    if life.happens(70):
        at = yield life.later(at, 10, 40)
        manager = life.house.people[life.house.managers(life.centre, at)[0]]
        close_customer(customer=life.walk.customer, reason=life.say("lost"), by=manager, at=at)
    return None


def _sort(life: Life, at: datetime, rung: Rung) -> None:
    manager = life.house.people[life.house.managers(life.centre, at)[0]]
    sort_lead(customer=life.walk.customer, rung=rung, note=life.say("rungs"), by=manager, at=at)


def _complete(life: Life, at: datetime) -> None:
    """What is asked at the desk when an archive is opened: details, consents, what to know."""
    customer, manager, words = life.walk.customer, life.manager, life.house.words
    details = {"occupation": life.say("occupations"), "hobbies": life.say("hobbies")}
    if life.happens(12):
        details["special_needs"] = life.say("needs")
    intake.details(life.walk, at, **details)
    age = customer.age(at.date()) or 0
    if age >= GROWN_UP:
        for scope, percent in (
            (ConsentScope.HEALTH_DATA, 92),
            (ConsentScope.MARKETING_SMS, 45),
            (ConsentScope.FAMILY_RESULTS, 8),
        ):
            if life.happens(percent):
                give_consent(customer=customer, scope=scope, method=ConsentMethod.SIGNED, by=manager, at=at)
        if life.walk.row["source"] != "family":
            life.house.households.setdefault(life.centre, []).append(life.code)
    kind = FlagKind.ELDERLY if age >= OLD else FlagKind.REDUCED_MOBILITY if life.happens(1) else None
    kind = kind or (FlagKind.TECHNICAL if life.happens(1) else None)
    if kind:
        set_flag(customer=customer, kind=kind, reason=words["flags"][kind], by=manager, at=at)
    if life.happens(5):
        kind, note = life.chance.choice(list(words["days"].items()))
        note_day(
            customer=customer,
            kind=LifeEventKind(kind),
            on=at.date() + timedelta(days=life.chance.randint(5, 300)),
            note=note,
            by=manager,
            at=at,
        )


def _family(life: Life, at: datetime) -> dict[str, Any] | None:
    """Somebody of a customer's family comes with the same telephone number: the spouse, or a child."""
    homes = life.house.households.get(life.centre)
    if not homes:
        return None
    relative = life.house.walks[homes.pop(life.chance.randrange(len(homes)))]
    row, theirs = life.walk.row, relative.row
    if relative.customer.stage != Standing.ACTIVE:
        return None
    row["phone"] = theirs["phone"]
    if life.happens(60):
        return {"of": theirs["code"], "relation": "spouse"}
    row["name"] = theirs["name"][0] + row["name"][1:]
    row["birth_date"] = (at.date() - timedelta(days=life.chance.randint(7 * 366, 16 * 365))).isoformat()
    life.guardian = theirs["name"]
    return {"of": theirs["code"], "relation": "parent", "guardian": True}


def _brought(life: Life, at: datetime) -> None:
    """A satisfied customer brought this one."""
    promoters = life.house.promoters.get(life.centre)
    if life.walk.row["source"] != "referral" or not promoters:
        return
    referrer = life.house.walks[promoters.pop(life.chance.randrange(len(promoters)))]
    if referrer.customer.stage == Standing.ACTIVE:
        by = referrer.person("manager")
        made = refer(referrer=referrer.customer, referred=life.walk.customer, on=at.date(), by=by, at=at)
        life.referral_id = made.pk


def referred(life: Life, status: str, result: str, at: datetime) -> None:
    """The referral comes further, if there is one."""
    referral = life.referral
    if referral is not None:
        by = life.house.walk_of(referral.referrer_id).person("manager")
        step_referral(referral=referral, status=status, result=result, by=by, at=at)


def answers(life: Life) -> dict[str, Any]:
    """What the customer tells the doctor."""
    common = life.house.world.content["answers"]
    told: dict[str, Any] = common["woman" if life.walk.row["sex"] == "female" else "usual"]
    return {**told, **life.chance.choice(life.house.words["complaints"])}
