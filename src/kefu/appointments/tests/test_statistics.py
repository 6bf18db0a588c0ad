"""Statistics of bookings: the same figures as counted one by one, by every grouping, within one's scope (APT-010, RPT-001)."""

import csv
import io
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kefu.appointments import actions
from kefu.appointments.actions.statistics import export_statistics
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel, Grouping
from kefu.appointments.figures import FIGURES
from kefu.appointments.models import Appointment
from kefu.appointments.queries import free_slots
from kefu.appointments.queries.statistics import Asked, statistics
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Forbidden, Refused
from kefu.organisation.models import Node, User
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]
FIRST, END = date(2026, 11, 24), date(2026, 12, 22)
DAY = timedelta(days=1)
ENDS = (None, "arrived", "completed", "no_show", "cancelled")


@dataclass
class World:
    """Three doctors, a month of clinic with leave and extra hours, and what was offered before anybody booked."""

    cast: Cast
    offered: list[tuple[User, Node, datetime, datetime]]


@pytest.fixture
def world(cast: Cast) -> World:
    load_calendars(by=None, at=cast.at)
    plans = (
        (cast.doctor, 1, time(9), time(12), 30), (cast.doctor, 3, time(13), time(15), 40), (cast.doctor2, 0, time(10), time(12), 20),
        (cast.doctor2, 1, time(10), time(11), 30),
    )  # fmt: skip
    for doctor, weekday, opens, closes, minutes in plans:
        actions.add_hours(doctor=doctor, node=cast.bj, weekday=weekday, opens=opens, closes=closes, slot_minutes=minutes,
                          valid_from=date(2026, 1, 1), by=cast.director, at=cast.at)  # fmt: skip
    said = {"node": cast.bj, "reason": "x", "by": cast.director, "at": cast.at}
    tuesday, monday = date(2026, 12, 1), date(2026, 12, 7)
    actions.take_leave(doctor=cast.doctor, first=tuesday, last=tuesday, closes=time(10, 15), **said)
    actions.take_leave(doctor=cast.doctor2, first=monday, last=monday, **said)
    actions.add_extra(doctor=cast.doctor, day=date(2026, 12, 5), opens=time(9), closes=time(10), **said)
    days = [FIRST + DAY * step for step in range((END - FIRST).days)]
    offered = [
        (doctor, cast.bj, slot.start, slot.end)
        for doctor in (cast.doctor, cast.doctor2)
        for day in days
        for slot in free_slots(doctor, cast.bj, day, cast.at)
    ]
    return World(cast, offered)


def fill(world: World, many: int = 40, seed: int = 7) -> None:
    """Bookings of every kind and end, drawn by lot, each at its own moment."""
    cast, chance = world.cast, random.Random(seed)
    customers = [customer_of(cast, f"白示{seed}{n}", f"1000000{seed}{n:03d}") for n in range(8)]
    for doctor, node, start, _end in chance.sample(world.offered, many):
        booked_at = cast.at + timedelta(minutes=chance.randrange(0, 60))
        try:
            made = actions.book(customer=chance.choice(customers), doctor=doctor, node=node, type=chance.choice(list(AppointmentType)),
                                start=start, channel=chance.choice(list(Channel)), by=cast.manager, at=booked_at)  # fmt: skip
        except Refused as refused:  # the customer is elsewhere at that time, or the slot is taken
            assert refused.code in ("customer_busy", "slot_taken")
            continue
        settle(world, made, chance.choice(ENDS), chance)


def settle(world: World, made: Appointment, end: str | None, chance: random.Random) -> None:
    manager = world.cast.manager
    if end == "cancelled":
        notice = timedelta(hours=chance.choice((2, 23, 24, 30)))
        at = max(made.start - notice, made.booked_at)
        actions.cancel(appointment=made, code=chance.choice(("time", "unwell", "centre")), by=manager, at=at)
    elif end == "no_show":
        actions.set_status(appointment=made, status=AppointmentStatus.NO_SHOW, by=manager, at=made.end)
    elif end:
        actions.set_status(appointment=made, status=AppointmentStatus.ARRIVED, by=manager, at=made.start)
        if end == "completed":
            actions.set_status(appointment=made, status=AppointmentStatus.COMPLETED, by=manager, at=made.end)


def key_of(by: Grouping, start: datetime, node_id: int, doctor_id: int, type: str = "", channel: str = "") -> object:
    local = timezone.localtime(start)
    day = local.date()
    return {
        Grouping.CENTRE: node_id, Grouping.DAY: day, Grouping.WEEK: day - DAY * day.weekday(), Grouping.MONTH: day.replace(day=1),
        Grouping.TIME: local.hour, Grouping.DOCTOR: doctor_id, Grouping.TYPE: type, Grouping.CHANNEL: channel,
    }[by]  # fmt: skip


def recount(rows: Iterable[Appointment]) -> dict[str, object]:
    """The figures of some bookings, one by one."""
    found = list(rows)
    ends = Counter(row.status for row in found)
    came = ends["arrived"] + ends["completed"]
    late = 0
    for row in found:
        if row.status == "cancelled":
            late += row.start - row.changes.get(status="cancelled").at < timedelta(hours=24)
    taken = sum(
        ((row.end - row.start) for row in found if row.status in ("booked", "arrived", "completed")), timedelta()
    )
    leads = [(row.start - row.booked_at).total_seconds() for row in found]
    return {
        "booked": len(found), "arrived": came, "completed": ends["completed"], "open": ends["booked"], "no_show": ends["no_show"],
        "cancelled": ends["cancelled"], "late": late, "taken": taken.total_seconds() / 60,
        "lead": round(median(leads)) if leads else None,
    }  # fmt: skip


def told(figures: object) -> dict[str, object]:
    """The same names, as the query answers them."""
    names = ("booked", "arrived", "completed", "open", "no_show", "cancelled", "late", "taken")
    lead = getattr(figures, "lead")  # noqa: B009
    return {name: getattr(figures, name) for name in names} | {
        "lead": round(lead.total_seconds()) if lead is not None else None
    }


NOTHING = recount([])


@pytest.mark.req("APT-010")
@pytest.mark.req("RPT-001", part="appointments")
@pytest.mark.parametrize("by", list(Grouping))
def test_each_grouping_says_what_counting_one_by_one_says(world: World, by: Grouping) -> None:
    fill(world)
    assert min(Counter(Appointment.objects.values_list("status", flat=True)).values()) >= 3
    director, doctor = world.cast.director, world.cast.doctor
    for asked in (
        Asked(FIRST, END),
        Asked(date(2026, 12, 1), date(2026, 12, 9)),
        Asked(FIRST, END, doctor_id=doctor.pk, type="revisit"),
        Asked(FIRST, END, node_id=world.cast.bj.pk, channel="phone"),
    ):
        found = statistics(director, asked, by)
        rows = [row for row in Appointment.objects.all() if wanted(asked, row)]
        counted: dict[object, list[Appointment]] = {}
        for row in rows:
            counted.setdefault(key_of(by, row.start, row.node_id, row.doctor_id, row.type_id, row.channel), []).append(
                row
            )
        slots = [one for one in world.offered if asked.first <= timezone.localdate(one[2]) < asked.end]
        slots = [one for one in slots if asked.doctor_id in (None, one[0].pk)]
        by_key = Counter(key_of(by, one[2], one[1].pk, one[0].pk) for one in slots)
        known = by not in (Grouping.TYPE, Grouping.CHANNEL)
        assert {group.key for group in found.groups} == {*counted, *(by_key if known else ())}
        for group in found.groups:
            assert told(group.figures) == (recount(counted[group.key]) if group.key in counted else NOTHING)
            assert group.figures.slots == (by_key[group.key] if known else None)
        assert told(found.total) == recount(rows)
        assert found.total.slots == len(slots)
        assert found.total.minutes == sum((one[3] - one[2]).total_seconds() / 60 for one in slots)
        assert sum(many for _code, _label, many in found.reasons) == found.total.cancelled


def wanted(asked: Asked, row: Appointment) -> bool:
    inside = asked.first <= timezone.localdate(row.start) < asked.end
    chosen = (
        (asked.node_id, row.node_id),
        (asked.doctor_id, row.doctor_id),
        (asked.type, row.type_id),
        (asked.channel, row.channel),
    )
    return inside and all(not want or want == have for want, have in chosen)


@pytest.mark.req("APT-010")
def test_a_tuesday_in_figures(world: World) -> None:
    """Six slots of the first doctor: one came, one was done, one did not come, one called off in time and one an hour before."""
    cast = world.cast
    nine = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
    made = []
    for place in range(5):
        customer = customer_of(cast, f"白示{place}", f"1000000{place:04d}")
        made.append(actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, type=AppointmentType.REVISIT,
                                 start=nine + timedelta(minutes=30 * place), by=cast.manager, at=cast.at))  # fmt: skip
    came, done, missed, in_time, late = made
    actions.cancel(appointment=in_time, code="time", by=cast.manager, at=cast.at - timedelta(hours=12))
    actions.cancel(appointment=late, code="unwell", reason="发烧", by=cast.manager, at=late.start - timedelta(hours=1))
    for one in (came, done):
        actions.set_status(appointment=one, status=AppointmentStatus.ARRIVED, by=cast.manager, at=one.start)
    actions.set_status(appointment=done, status=AppointmentStatus.COMPLETED, by=cast.manager, at=done.end)
    actions.set_status(appointment=missed, status=AppointmentStatus.NO_SHOW, by=cast.manager, at=missed.end)
    found = statistics(cast.director, Asked(FIRST, FIRST + DAY, doctor_id=cast.doctor.pk), Grouping.TIME)
    values = {one.code: one.value(found.total) for one in FIGURES}
    assert values == {
        "slots": 6, "minutes": 180, "booked": 5, "arrived": 2, "completed": 1, "open": 0, "no_show": 1, "cancelled": 2, "late": 1,
        "used": Decimal("33.3"), "missed": Decimal("33.3"), "called_off": Decimal("40.0"), "lead_days": Decimal("1.0"),
    }  # fmt: skip
    assert [(group.label, group.figures.booked) for group in found.groups] == [
        ("09:00–10:00", 2),
        ("10:00–11:00", 2),
        ("11:00–12:00", 1),
    ]
    assert [(code, many) for code, _label, many in found.reasons] == [("time", 1), ("unwell", 1)]


def test_everybody_counts_what_he_or_she_sees(world: World) -> None:
    fill(world)
    cast, asked = world.cast, Asked(FIRST, END)
    everything = statistics(cast.director, asked, Grouping.DOCTOR)
    assert {group.label for group in everything.groups} == {cast.doctor.name, cast.doctor2.name}
    own = statistics(cast.doctor2, asked, Grouping.DOCTOR).total
    assert own.booked == Appointment.objects.visible_to(cast.doctor2).count()
    assert own.slots == sum(one[0] == cast.doctor2 for one in world.offered)
    elsewhere = statistics(cast.sh_manager, asked, Grouping.CENTRE)
    assert (elsewhere.groups, elsewhere.total.booked, elsewhere.total.slots) == ([], 0, 0)


def test_as_many_queries_for_a_year_of_everybody_as_for_a_day(world: World) -> None:
    def cost(asked: Asked) -> int:
        with CaptureQueriesContext(connection) as queries:
            statistics(User.objects.get(pk=world.cast.director.pk), asked, Grouping.CENTRE)
        return len(queries)

    fill(world, many=3)
    few = cost(Asked(FIRST, FIRST + DAY))
    fill(world, many=30, seed=8)
    assert cost(Asked(date(2026, 1, 5), date(2026, 12, 31))) == few <= 12


@pytest.mark.req("APT-010")
@pytest.mark.req("RPT-001", part="appointments")
def test_what_is_shown_is_taken_away_with_a_purpose(world: World, login: Login) -> None:
    fill(world)
    cast = world.cast
    address = "?first=2026-11-24&last=2026-12-21&by=doctor&type=revisit"
    director = login(cast.director)
    page = director.get(f"/appointments/statistics/{address}").content.decode()
    for one in FIGURES:
        assert str(one.label) in page
        assert str(one.meaning) in page
    assert f"/appointments/statistics/export/{address.replace('&', '&amp;')}" in page
    assert director.post(f"/appointments/statistics/export/{address}", {"reason": "", "form": "csv"}).status_code == 422
    answer = director.post(f"/appointments/statistics/export/{address}", {"reason": "十二月排班", "form": "csv"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    shown = statistics(cast.director, Asked(FIRST, END, type="revisit"), Grouping.DOCTOR)
    expected = [[group.label, *("" if one.value(group.figures) is None else str(one.value(group.figures)) for one in FIGURES)] for group in shown.groups]  # fmt: skip
    assert lines[1 : 1 + len(expected)] == expected
    assert lines[1 + len(expected)][0] == "合计"
    assert "十二月排班" in lines[-1][0]
    entry = AuditEntry.objects.get(code="appointments.statistics.exported")
    assert (entry.kind, entry.reason, entry.by_id) == ("export", "十二月排班", cast.director.pk)
    assert Customer.objects.first().name not in answer.content.decode()


def test_who_may_not_take_data_away_does_not(world: World, login: Login) -> None:
    manager = login(world.cast.manager)
    assert "/appointments/statistics/export/" not in manager.get("/appointments/statistics/").content.decode()
    assert manager.post("/appointments/statistics/export/", {"reason": "看看", "form": "csv"}).status_code == 403
    with pytest.raises(Forbidden):
        export_statistics(asked=Asked(FIRST, END), grouping=Grouping.DAY, reason="看看", form="csv", by=world.cast.manager, at=world.cast.at)  # fmt: skip
    assert login(world.cast.keeper).get("/appointments/statistics/").status_code == 403


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("first=2026-12-02&last=2026-12-01", "结束日期不能早于开始日期"),
        ("first=2026-01-01&last=2027-01-02", "一次最多看 366 天"),
        ("first=30.11.2026", "日期写成"),
        ("doctor=999999", "没有这个选项"),
    ],
)
def test_a_senseless_question_is_answered_in_words(world: World, login: Login, query: str, words: str) -> None:
    answer = login(world.cast.director).get(f"/appointments/statistics/?{query}")
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.req("APT-010")
def test_a_program_reads_the_same_figures(world: World, program) -> None:  # type: ignore[no-untyped-def]
    fill(world)
    send = program(world.cast.director)
    status, body, _ = send("GET", "appointment-statistics?first=2026-11-24&last=2026-12-21&by=doctor")
    shown = statistics(world.cast.director, Asked(FIRST, END), Grouping.DOCTOR)
    assert status == 200
    assert [(one["key"], one["booked"], one["slots"]) for one in body["items"]] == [
        (User.objects.get(pk=group.key).job_number, group.figures.booked, group.figures.slots) for group in shown.groups
    ]
    assert body["total"]["no_show"] == shown.total.no_show
    assert sum(one["count"] for one in body["cancel_reasons"]) == shown.total.cancelled
    wrong = send("GET", "appointment-statistics?first=2026-12-21&last=2026-11-24")
    assert (wrong[0], wrong[1]["errors"][0]["field"]) == (422, "last")
    assert send("GET", "appointment-statistics?first=2026-11-24&last=2026-12-21&node=nirgends")[0] == 404
