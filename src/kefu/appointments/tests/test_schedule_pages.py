"""The clinic schedule on screen and over the API."""

import json
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.test import Client

from kefu.appointments.models import Appointment, ClinicSchedule, Equipment, Renegotiation, ScheduleException
from kefu.appointments.tests.test_editing import NINE, booked
from kefu.appointments.tests.test_timetables import WEDNESDAY, WEEK, hours
from kefu.foundation.api.actions import issue_token
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.models import ClosedDay
from kefu.organisation.models import User
from kefu.testing.cast import Cast

Login = Callable[[User], Client]
SCHEDULE = "/appointments/schedule/"


@pytest.fixture
def row(cast: Cast) -> ClinicSchedule:
    load_calendars(by=None, at=cast.at)
    return hours(cast)


def _day(cast: Cast, **more: object) -> dict[str, object]:
    return {
        "doctor": cast.doctor.pk,
        "node": cast.bj.pk,
        "first": "2026-11-25",
        "last": "2026-11-25",
        "reason": "病假",
        **more,
    }


@pytest.mark.req("APT-019")
def test_leave_is_entered_with_a_decision_for_each_booking(cast: Cast, login: Login, row: ClinicSchedule) -> None:
    first, second = booked(cast, 2)
    director = login(cast.director)
    asked = director.post(f"{SCHEDULE}leave/new/", _day(cast)).content.decode()
    assert "碰到 2 个预约" in asked
    assert "白示0" in asked and "100 **** 0000" in asked
    assert not ScheduleException.objects.exists()
    undecided = director.post(f"{SCHEDULE}leave/new/", _day(cast, deciding="1", **{f"booking_{first.pk}": "open"}))
    assert (undecided.status_code, "请说明这一个怎么办" in undecided.content.decode()) == (422, True)
    there = (NINE + WEEK).isoformat()
    answers = {f"booking_{first.pk}": f"moved|{there}", f"booking_{second.pk}": "open"}
    assert f'value="moved|{there}"' in asked
    assert director.post(f"{SCHEDULE}leave/new/", _day(cast, deciding="1", **answers)).url == SCHEDULE
    assert Appointment.objects.get(pk=first.pk).start == NINE + WEEK
    assert "病假" in director.get(f"{SCHEDULE}?day=2026-11-25").content.decode()
    (left,) = Renegotiation.objects.filter(outcome="open")
    manager = login(cast.manager)
    listed = manager.get("/appointments/renegotiations/").content.decode()
    assert "白示1" in listed and "医生请假：病假" in listed and "白示0" not in listed
    address = f"/appointments/renegotiations/{left.pk}/"
    manager.post(address, {})
    assert Renegotiation.objects.get(pk=left.pk).outcome == "open"
    manager.post(address, {f"booking_{second.pk}": "cancelled"})
    assert Appointment.objects.get(pk=second.pk).status == "cancelled"
    assert "没有要商定的预约" in manager.get("/appointments/renegotiations/").content.decode()


def test_the_director_keeps_everything_and_others_read(cast: Cast, login: Login, row: ClinicSchedule) -> None:
    director, manager = login(cast.director), login(cast.manager)
    cut = {
        "weekday": "3",
        "opens": "09:00",
        "closes": "11:00",
        "slot_minutes": "60",
        "capacity": "4",
        "buffer_before": "0",
        "buffer_after": "0",
    }
    new = {"doctor": cast.doctor.pk, "node": cast.bj.pk, "valid_from": "2026-11-23", "types": ["revisit"], **cut}
    assert (
        director.post(f"{SCHEDULE}equipment/new/", {"node": cast.bj.pk, "code": "BJ-IR1", "zh": "热成像仪"}).status_code
        == 302
    )
    assert director.post(f"{SCHEDULE}hours/new/", new).status_code == 302
    refused = director.post(f"{SCHEDULE}hours/new/", new)
    assert (refused.status_code, "和这位医生已有的出诊时间重叠" in refused.content.decode()) == (422, True)
    night = director.post(f"{SCHEDULE}hours/new/", {**new, "weekday": "4", "opens": "22:00", "closes": "02:00"})
    assert "不能跨过零点" in night.content.decode()
    made = ClinicSchedule.objects.get(weekday=3)
    change = {
        **cut,
        "since": "2026-12-01",
        "opens": "10:00",
        "closes": "12:00",
        "reason": "冬季作息",
        "equipment": Equipment.objects.get().pk,
    }
    assert director.post(f"{SCHEDULE}hours/{made.pk}/change/", change).status_code == 302
    later = ClinicSchedule.objects.get(replaces=made)
    assert (later.opens, later.equipment.code) == (time(10), "BJ-IR1")
    assert (
        director.post(f"{SCHEDULE}hours/{later.pk}/end/", {"last_day": "2026-12-31", "reason": "调走"}).status_code
        == 302
    )
    extra = {
        "doctor": cast.doctor.pk,
        "node": cast.bj.pk,
        "day": "2026-11-29",
        "opens": "09:00",
        "closes": "10:00",
        "slot_minutes": "30",
        "reason": "义诊",
    }
    assert director.post(f"{SCHEDULE}extra/new/", extra).status_code == 302
    closing = {"node": cast.bj.pk, "first": "2026-11-26", "last": "2026-11-26", "reason": "停电检修"}
    assert director.post(f"{SCHEDULE}closings/new/", closing).status_code == 302
    page = director.get(SCHEDULE).content.decode()
    for words in ("每场 4 人", "热成像仪", "停电检修", "义诊", "复诊"):
        assert words in page
    assert director.post(f"{SCHEDULE}closings/{ClosedDay.objects.get().pk}/removal/").status_code == 302
    assert (
        director.post(
            f"{SCHEDULE}exceptions/{ScheduleException.objects.get().pk}/removal/", {"reason": "人手不够"}
        ).status_code
        == 302
    )
    in_use = director.post(
        f"{SCHEDULE}equipment/{Equipment.objects.get().pk}/retirement/", follow=True
    ).content.decode()
    assert "还有出诊时间要用它" in in_use
    read = manager.get(SCHEDULE)
    assert (read.status_code, "登记请假" in read.content.decode()) == (200, False)
    assert manager.get(f"{SCHEDULE}leave/new/").status_code == 403
    own = login(cast.doctor).get(f"{SCHEDULE}leave/new/").content.decode()
    assert (cast.doctor.name in own, cast.doctor2.name in own) == (True, False)


@pytest.mark.req("APT-019")
def test_other_programs_keep_hours_too(cast: Cast, client: Client, settings: Any, row: ClinicSchedule) -> None:
    settings.TEST_CLOCK = True
    (hit,) = booked(cast, 1)
    token = issue_token(user=cast.director, name="roster", by=cast.admin, at=cast.at)
    head = {
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "content_type": "application/json",
        "HTTP_X_KEFU_AT": cast.at.isoformat(),
    }
    listed = client.get("/api/v1/clinic-hours?node=BJ", **head).json()["items"]
    assert [(one["doctor"], one["weekday"], one["opens"]) for one in listed] == [("2002", 2, "09:00")]
    leave = {"doctor": "2002", "node": "BJ", "kind": "leave", "first": "2026-11-25", "reason": "病假"}
    refused = client.post("/api/v1/clinic-exceptions", json.dumps(leave), **head)
    assert (refused.status_code, refused.json()["code"], refused.json()["bookings"]) == (
        409,
        "hits_bookings",
        [f"apt_{hit.pk}"],
    )
    leave["decisions"] = [{"appointment": f"apt_{hit.pk}", "outcome": "moved"}]
    assert client.post("/api/v1/clinic-exceptions", json.dumps(leave), **head).status_code == 422
    leave["decisions"][0]["start"] = (NINE + WEEK).isoformat()
    made = client.post("/api/v1/clinic-exceptions", json.dumps(leave), **head)
    assert (made.status_code, made.json()["items"][0]["day"]) == (201, "2026-11-25")
    assert Appointment.objects.get().start == NINE + WEEK
    change = {
        "since": "2026-12-10",
        "reason": "冬季作息",
        "weekday": 2,
        "opens": "10:00",
        "closes": "12:00",
        "slot_minutes": 20,
    }
    changed = client.patch(f"/api/v1/clinic-hours/hrs_{row.pk}", json.dumps(change), **head).json()
    assert (changed["opens"], changed["valid_from"]) == ("10:00", "2026-12-10")
    gone = client.delete(
        f"/api/v1/clinic-exceptions/{made.json()['items'][0]['id']}", json.dumps({"reason": "不请了"}), **head
    )
    assert gone.status_code == 204
    assert not ScheduleException.objects.filter(day=WEDNESDAY).exists()
    new = {
        "doctor": "2002",
        "node": "BJ",
        "weekday": 4,
        "opens": "22:00",
        "closes": "02:00",
        "slot_minutes": 20,
        "valid_from": "2026-12-01",
    }
    assert client.post("/api/v1/clinic-hours", json.dumps(new), **head).json()["errors"][0]["code"] == "order"
    ended = client.delete(
        f"/api/v1/clinic-hours/{changed['id']}", json.dumps({"last_day": "2026-12-31", "reason": "调走"}), **head
    )
    assert ended.json()["valid_to"] == "2027-01-01"
