"""Keeping the types of visits: what is refused, a type of one centre alone, over the API, and who may."""

from collections.abc import Callable
from datetime import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from kefu.appointments import actions
from kefu.appointments.models import Appointment, VisitType
from kefu.appointments.tests.scene import o_clock
from kefu.appointments.tests.test_booking import open_clinic
from kefu.appointments.visit_types import load_visit_types
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
Send = Callable[..., tuple[int, dict[str, object], object]]


def faults(run: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        run()
    return [(error.field, error.code) for error in refusal.value.errors]


def add(cast: Cast, **given: object) -> VisitType:
    values = {"code": "photo_shoot", "zh": "拍证件照", "en": "Photo shoot", "by": cast.admin, "at": cast.at} | given
    return actions.add_type(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"code": "first_visit"}, [("code", "taken")]),
        ({"code": "拍照"}, [("code", "invalid")]),
        ({"code": "a" * 21}, [("code", "invalid")]),
        ({"en": " "}, [("en", "required")]),
        ({"zh": "", "en": ""}, [("zh", "required"), ("en", "required")]),
        ({"zh": "长" * 41}, [("zh", "too_long")]),
        ({"zh": "肿瘤标志物复查"}, [("zh", "reveals")]),
    ],
)
def test_a_type_without_a_code_of_its_own_or_a_name_in_both_languages_is_refused(
    cast: Cast, given: dict[str, object], wrong: list[tuple[str, str]]
) -> None:
    assert faults(lambda: add(cast, **given)) == wrong
    assert VisitType.objects.count() == 3


@pytest.mark.req("APT-015")
def test_what_is_unknown_retired_or_of_another_place_is_not_booked(cast: Cast) -> None:
    open_clinic(cast)
    customer = customer_of(cast)

    def book(type: str) -> Appointment:
        return actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, type=type, start=o_clock(9), by=cast.manager, at=cast.at)  # fmt: skip

    assert faults(lambda: book("tea")) == [("type", "unknown")]
    there = add(cast, node=cast.sh)
    assert faults(lambda: book("photo_shoot")) == [("type", "elsewhere")]
    assert faults(lambda: _hours(cast, "photo_shoot")) == [("types", "unknown")]
    actions.change_type(type=there, zh="拍照", en="Photo", node=cast.bj, online=False, position=1, by=cast.admin, at=cast.at)  # fmt: skip
    actions.retire_type(type=there, by=cast.admin, at=cast.at)
    assert faults(lambda: book("photo_shoot")) == [("type", "retired")]
    assert faults(lambda: actions.hold_slot(doctor=cast.doctor, node=cast.bj, start=o_clock(9), type="photo_shoot", by=cast.manager, at=cast.at)) == [("type", "retired")]  # fmt: skip
    actions.return_type(type=there, by=cast.admin, at=cast.at)
    assert book("photo_shoot").type.zh == "拍照"


def _hours(cast: Cast, type: str) -> None:
    actions.add_hours(doctor=cast.doctor2, node=cast.bj, weekday=4, opens=time(14), closes=time(16), slot_minutes=30, types=[type],
                      valid_from=cast.at.date(), by=cast.director, at=cast.at)  # fmt: skip


def test_the_database_keeps_what_bookings_name(cast: Cast) -> None:
    open_clinic(cast)
    made = actions.book(customer=customer_of(cast), doctor=cast.doctor, node=cast.bj, type="revisit", start=o_clock(9), by=cast.manager, at=cast.at)  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM appointments_visittype WHERE code = 'revisit'")
    assert load_visit_types(by=None, at=cast.at) == 0
    made.refresh_from_db()
    assert made.type.code == "revisit"


def test_only_an_administrator_keeps_types_and_the_page_says_what_is_wrong(cast: Cast, login: Login) -> None:
    assert login(cast.director).get("/appointments/types/").status_code == 403
    admin = login(cast.admin)
    answer = admin.post("/appointments/types/new/", {"code": "revisit", "zh": "又来", "en": "Again", "position": "9"})
    assert (answer.status_code, "这个编码已经用了。" in answer.content.decode()) == (422, True)
    assert admin.get("/appointments/types/nothing/").status_code == 404
    given = {"zh": "复查", "en": "Check-up", "position": "2", "node": cast.sh.pk}
    assert admin.post("/appointments/types/revisit/", given).status_code == 302
    row = VisitType.objects.get(code="revisit")
    assert (row.zh, row.en, row.node, row.online) == ("复查", "Check-up", cast.sh, False)
    assert "上海徐汇中心" in admin.get("/appointments/types/").content.decode()


def test_programs_read_and_keep_types(cast: Cast, program: Callable[[User], Send]) -> None:
    send = program(cast.admin)
    body = {"code": "photo_shoot", "zh": "拍证件照", "en": "Photo shoot", "node": "BJ"}
    status, made, _answer = send("POST", "appointment-types", body)
    assert (status, made["code"], made["node"], made["active"]) == (201, "photo_shoot", "BJ", True)
    assert send("POST", "appointment-types", body)[0] == 422
    status, changed, _answer = send(
        "PATCH", "appointment-types/photo_shoot", {"zh": "拍照", "node": None, "active": False}
    )
    assert (status, changed["zh"], changed["en"], changed["node"], changed["active"]) == (200, "拍照", "Photo shoot", None, False)  # fmt: skip
    assert send("PATCH", "appointment-types/tea", {"zh": "茶"})[0] == 404
    codes = [one["code"] for one in program(cast.manager)("GET", "appointment-types")[1]["items"]]  # type: ignore[attr-defined]
    assert codes == ["photo_shoot", "interpretation", "revisit", "first_visit"]
    assert program(cast.manager)("PATCH", "appointment-types/revisit", {"active": False})[0] == 403
    assert program(cast.manager)("GET", "appointments?type=tea")[0] == 422
