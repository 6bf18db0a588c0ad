"""From the order to the explained report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from kefu.appointments.choices import AppointmentType
from kefu.config.demo.verbs import intake, reports, samples
from kefu.config.demo.year.agenda import Steps
from kefu.config.demo.year.house import pick
from kefu.config.demo.year.life import Life
from kefu.config.demo.year.meeting import booked
from kefu.lab.queries.lines import active_items
from kefu.products.models import Analyte
from kefu.products.queries import range_for

TAKEN_HERE = {"K-BLOOD", "K-BLOODL", "K-ELEM"}
LABORATORY = "laboratory"
UNUSUAL = 11
"""Of a hundred values, outside their range."""


def examine(life: Life, at: datetime) -> Steps:
    """Order, samples, results, overall report on paper, interpretation."""
    at = yield from ordered(life, at)
    at = yield from _sampled(life, at)
    at = yield from _measured(life, at)
    at = yield from _reported(life, at)
    return (yield from _explained(life, at))


def ordered(life: Life, at: datetime) -> Steps:
    """The doctor orders while the customer sits there; the sheet is signed at the desk."""
    at = yield at + timedelta(minutes=life.chance.randint(14, 24))
    packages, items = _wanted(life)
    samples.order(life.walk, at, tests=items, packages=packages)
    at = yield at + timedelta(minutes=2)
    intake.seen(life.walk, at)
    at = yield (life.soon(at, 6, 25) if life.happens(85) else life.later(at, 1, 2))
    samples.sign(life.walk, at, guardian=life.guardian)
    return at


def _wanted(life: Life) -> tuple[list[str], list[str]]:
    words = life.house.words["tests"]
    if life.guardian:
        return [], [pick(life.chance, words["children"])]
    if life.happens(30):
        return [pick(life.chance, words["packages"])], []
    chosen = {pick(life.chance, words["items"]) for _test in range(life.chance.choice((1, 1, 2, 2, 3)))}
    return [], sorted(chosen)


def _sampled(life: Life, at: datetime) -> Steps:
    codes = _codes(life)
    here = all(life.house.tests[code].kit.code in TAKEN_HERE for code in codes)
    if here:
        at = yield life.later(at, 1, 2)
        samples.kit(life.walk, at, mode="on_site")
        at = yield life.soon(at, 20, 70)
    elif life.happens(25):
        at = yield life.in_time(at, 1)
        samples.kit(life.walk, at, mode="posted", carrier=life.say("carriers"), waybill=waybill(life))
        at = yield life.later(at, 2, 5)
    else:
        at = yield life.in_time(at, 1)
        samples.kit(life.walk, at, mode="handed")
        at = yield life.in_time(at, 2, late=18)
    if life.happens(5):
        samples.samples(life.walk, at, unfit=pick(life.chance, life.house.words["unfit"]), note=life.say("unfit_notes"))
        at = yield life.later(at, 1, 2)
        samples.kit_again(life.walk, at, mode="on_site" if here else "handed")
        at = yield (life.soon(at, 20, 70) if here else life.in_time(at, 2))
    samples.samples(life.walk, at)
    at = yield life.soon(at, 15, 120)
    samples.sent(life.walk, at)
    return at


def _measured(life: Life, at: datetime) -> Steps:
    """The laboratory sends what it has found, of larger orders in two parts; the consulting department releases it."""
    laboratory, sent, codes = life.house.hours(LABORATORY), at, _codes(life)
    codes.sort(key=lambda code: (life.house.tests[code].turnaround_days, code))
    half = len(codes) // 2 if len(codes) > 2 and life.happens(60) else 0
    life.found = []
    for part in filter(None, (codes[:half], codes[half:])):
        days = max(life.house.tests[code].turnaround_days for code in part) + life.chance.choice((-1, -1, 0, 0, 0, 1))
        done = laboratory.later(sent, life.chance, max(1, days), max(1, days))
        at = yield max(done, laboratory.soon(at, life.chance, 30, 200))
        found = unusual(life, part, at)
        reports.results(life.walk, at, items=part, values={analyte.code: value for analyte, value, _high in found})
        life.found += [(analyte.zh, high) for analyte, _value, high in found]
        at = yield life.in_time(at, 1)
        reports.approve(life.walk, at, by=life.consultant())
    return at


def unusual(life: Life, codes: Sequence[str], at: datetime) -> list[tuple[Analyte, str, bool]]:
    """A few values outside their range, none of them alarming: the analyte, the value, whether it is too high."""
    customer, found = life.walk.customer, []
    age = customer.age(timezone.localdate(at))
    for analyte in (analyte for code in codes for analyte in life.house.tests[code].analytes.all()):
        limits = range_for(analyte, customer.sex, age)
        if limits is None or not life.happens(UNUSUAL):
            continue
        high = limits.high is not None and (limits.low is None or life.happens(55))
        edge = limits.high if high else limits.low
        factor = Decimal(life.chance.randint(104, 128) if high else life.chance.randint(74, 96)) / 100
        if edge:
            found.append((analyte, _calm(analyte, edge * factor), high))
    return found


def _calm(analyte: Analyte, value: Decimal) -> str:
    """The value as the laboratory writes it, kept within the critical limits."""
    if analyte.critical_high is not None:
        value = min(value, analyte.critical_high * Decimal("0.97"))
    if analyte.critical_low is not None:
        value = max(value, analyte.critical_low * Decimal("1.03"))
    return f"{value:.{analyte.decimals}f}"


def _reported(life: Life, at: datetime) -> Steps:
    at = yield life.in_time(at, 3)
    reports.overall(life.walk, at, text=summary(life))
    at = yield life.in_time(at, 2, late=6)
    reports.paper(life.walk, at, by=life.consultant())
    at = yield life.in_time(at, 2, late=6)
    if life.happens(70):
        reports.handover(life.walk, at, mode="collected", by=life.consultant())
        return at
    reports.handover(
        life.walk, at, mode="posted", carrier=life.say("carriers"), waybill=waybill(life), by=life.consultant()
    )
    at = yield life.later(at, 2, 5)
    if life.happens(85):
        reports.receipt(life.walk, at)
    return at


def summary(life: Life) -> str:
    """The doctor's text, by what was found."""
    high = "、".join(dict.fromkeys(name for name, above in life.found if above))
    low = "、".join(dict.fromkeys(name for name, above in life.found if not above))
    parts = [f"{high}高于参考范围" if high else "", f"{low}低于参考范围" if low else "", "其余项目未见明显异常"]
    if not life.found:
        parts = ["各项结果均在参考范围内"]
    return f"{'，'.join(filter(None, parts))}。{life.say('advice')}。{life.say('again')}。"


def _explained(life: Life, at: datetime) -> Steps:
    """By telephone, or at a visit that was booked for it."""
    if life.happens(45):
        at, came = yield from booked(life, at, AppointmentType.INTERPRETATION)
        if came:
            reports.interpret(life.walk, at, mode="in_person", note=life.say("explained"))
            at = yield at + timedelta(minutes=life.chance.randint(10, 20))
            intake.seen(life.walk, at)
            return at
    at = yield life.in_time(at, 4)
    reports.interpret(life.walk, at, mode="phone", note=life.say("explained"))
    return at


def waybill(life: Life) -> str:
    """A courier's number that exists nowhere."""
    return f"YS{life.chance.randrange(10**9, 10**10)}"


def _codes(life: Life) -> list[str]:
    return [line.item.code for line in active_items(life.walk.order)]
