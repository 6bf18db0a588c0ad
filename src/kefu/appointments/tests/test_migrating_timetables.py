"""Databases of before, filled by people whom nothing kept from entering the same hours twice, come forward without losing any."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from psycopg.types.range import Range

from kefu.appointments.tests.scene import o_clock, person
from kefu.testing.cast import Cast

BELOW = [("customers", "0019_capture_index"), ("organisation", "0004_role_parts")]
NEW_YEAR, MAY, LEFT = date(2026, 1, 5), date(2026, 5, 4), date(2026, 3, 2)


class Before:
    """The tables of appointments as the first version had them, beside those of today, and the way to the second."""

    def __init__(self) -> None:
        self._loader = MigrationLoader(connection)
        self._state = self._step("0001_initial", self._loader.project_state(BELOW))

    def forward(self) -> None:
        self._state = self._step("0002_timetables", self._state)

    def rows(self, model: str) -> Any:
        return self._state.apps.get_model("appointments", model).objects

    def _step(self, name: str, state: ProjectState) -> ProjectState:
        with connection.schema_editor(atomic=True) as editor:
            return self._loader.get_migration("appointments", name).apply(state, editor)


@pytest.fixture
def before(cast: Cast) -> Iterator[Before]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE SCHEMA before")
        cursor.execute("SET LOCAL search_path TO before, public")
        yield Before()
        cursor.execute("SET LOCAL search_path TO public")


def stretches(before: Before) -> list[tuple[object, ...]]:
    rows = before.rows("ClinicSchedule").order_by("weekday", "valid_from", "opens")
    return [
        (one.weekday, one.valid_from, one.valid_to, f"{one.opens:%H:%M}", f"{one.closes:%H:%M}", one.slot_minutes)
        for one in rows
    ]


def test_hours_that_overlap_are_cut_and_none_is_lost(cast: Cast, before: Before) -> None:
    def hours(weekday: int, opens: int, closes: int, since: date, until: date | None = None, minutes: int = 30) -> None:
        before.rows("ClinicSchedule").create(
            doctor_id=cast.doctor.pk, node_id=cast.bj.pk, weekday=weekday, opens=time(opens), closes=time(closes), slot_minutes=minutes,
            valid_from=since, valid_to=until,
        )  # fmt: skip

    hours(0, 9, 12, NEW_YEAR)
    hours(0, 11, 13, NEW_YEAR)  # an hour of it is new
    hours(0, 8, 9, MAY)  # touches and does not overlap
    hours(1, 9, 12, NEW_YEAR, MAY)
    hours(1, 9, 12, LEFT, minutes=20)  # what comes after the first has ended
    hours(2, 9, 12, NEW_YEAR)
    hours(2, 10, 11, MAY)  # nothing new
    hours(3, 9, 12, MAY, LEFT)  # over before it began
    hours(3, 9, 12, NEW_YEAR)
    before.forward()
    assert stretches(before) == [
        (0, NEW_YEAR, None, "09:00", "12:00", 30),
        (0, NEW_YEAR, None, "12:00", "13:00", 30),
        (0, MAY, None, "08:00", "09:00", 30),
        (1, NEW_YEAR, MAY, "09:00", "12:00", 30),
        (1, MAY, None, "09:00", "12:00", 20),
        (2, NEW_YEAR, None, "09:00", "12:00", 30),
        (3, NEW_YEAR, None, "09:00", "12:00", 30),
        (3, MAY, MAY, "09:00", "12:00", 30),
    ]


def test_extra_hours_of_before_come_forward_where_they_were_hours_at_all(cast: Cast, before: Before) -> None:
    def unlike(kind: str, opens: time | None, closes: time | None) -> None:
        before.rows("ScheduleException").create(
            doctor_id=cast.doctor.pk, node_id=cast.bj.pk, day=MAY, kind=kind, opens=opens, closes=closes, by_id=cast.director.pk, at=cast.at
        )  # fmt: skip

    unlike("extra", time(14), time(16))
    unlike("extra", time(15), time(17))
    unlike("extra", time(18), time(18))
    unlike("extra", time(20), time(19))
    unlike("extra", None, None)
    unlike("leave", None, None)
    unlike("leave", time(9), None)
    before.forward()
    rows = before.rows("ScheduleException").order_by("kind", "opens").values_list("kind", "opens", "closes")
    assert list(rows) == [
        ("extra", time(14), time(16)), ("extra", time(16), time(17)), ("leave", time(9), None), ("leave", None, None),
    ]  # fmt: skip


def test_no_booking_is_touched(cast: Cast, before: Before) -> None:
    customer = person(cast)
    for hour in (9, 10):
        start = o_clock(hour)
        before.rows("Appointment").create(
            customer_id=customer.pk, doctor_id=cast.doctor.pk, node_id=cast.bj.pk, type="first_visit", status="booked", channel="on_site",
            during=Range(start, start + timedelta(hours=1)), booked_by_id=cast.manager.pk, booked_at=cast.at,
        )  # fmt: skip
    known = list(before.rows("Appointment").order_by("pk").values_list("pk", "during", "status"))
    for minute in range(2):
        before.rows("ClinicSchedule").create(
            doctor_id=cast.doctor.pk, node_id=cast.bj.pk, weekday=1, opens=time(9, minute), closes=time(12), slot_minutes=30,
            valid_from=NEW_YEAR,
        )  # fmt: skip
    before.forward()
    assert list(before.rows("Appointment").order_by("pk").values_list("pk", "during", "status")) == known
    assert before.rows("ClinicSchedule").count() == 1
