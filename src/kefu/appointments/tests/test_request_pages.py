"""Requests on screen and over the API."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kefu.administration.actions.limits import set_limit
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.tests.test_booking import NINE
from kefu.appointments.tests.test_requests import STRANGER, ask, customer  # noqa: F401
from kefu.customers.models import Customer
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.fixtures import Send

Login = Callable[[User], Client]


def key(cast: Cast, minutes: int = 0) -> str:
    return f"{cast.doctor.pk}@{(NINE + timedelta(minutes=minutes)).isoformat()}"


@pytest.mark.req("APT-012")
def test_the_desk_sees_the_countdown_and_confirms(cast: Cast, customer: Customer, login: Login) -> None:  # noqa: F811
    row = ask(cast, STRANGER)
    manager = login(cast.manager)
    at = {"X-Kefu-At": (cast.at + timedelta(minutes=75)).isoformat()}
    page = manager.get("/appointments/requests/", headers=at).content.decode()
    assert "预约申请，等您确认" in page and "白示安" in page and "100 **** 0077" in page
    assert "还有 45 分" in page and f'data-due="{row.due_at.isoformat()}' in page
    detail = manager.get(f"/appointments/requests/{row.pk}/").content.decode()
    assert key(cast) in detail and "10000000077" not in detail
    url = f"/appointments/requests/{row.pk}/booking/"
    without = manager.post(url, {"time": key(cast)})
    assert without.status_code == 422 and "请先把事项和时间读给客户听" in without.content.decode()
    assert manager.post(url, {"read_back": "on"}).status_code == 422
    assert manager.post(url, {"time": "7@nonsense", "read_back": "on"}).status_code == 422
    assert manager.post(url, {"time": key(cast), "read_back": "on"}).status_code == 302
    assert Appointment.objects.get().customer.name == "白示安"
    again = manager.post(url, {"time": key(cast, 30), "read_back": "on"})
    assert again.status_code == 409 and "不用再办" in again.content.decode()
    assert "白示安" in manager.get("/appointments/requests/?show=all").content.decode()


@pytest.mark.req("APT-012")
def test_the_page_says_in_how_many_hours_the_centre_answers(cast: Cast, customer: Customer, login: Login) -> None:  # noqa: F811
    assert "从收到起 2 个工作小时内答复客户" in login(cast.manager).get("/appointments/requests/").content.decode()
    set_limit(
        code="appointments.request_hours", value=3, valid_from=cast.at.date(), node=cast.bj, by=cast.admin, at=cast.at
    )
    assert "从收到起 3 个工作小时内答复客户" in login(cast.manager).get("/appointments/requests/").content.decode()


def test_a_breach_is_seen_on_the_list_and_on_the_page(cast: Cast, customer: Customer, login: Login) -> None:  # noqa: F811
    row = ask(cast, STRANGER, at=cast.at - timedelta(days=3), start=None)
    manager = login(cast.manager)
    assert 'data-tone="late"' in manager.get("/appointments/requests/waiting/").content.decode()
    assert "答复超时" in manager.get(f"/appointments/requests/{row.pk}/").content.decode()


@pytest.mark.req("APT-004")
def test_other_times_are_offered_and_a_request_ends(cast: Cast, customer: Customer, login: Login) -> None:  # noqa: F811
    first, second, third = (ask(cast, STRANGER, NINE + timedelta(minutes=30 * n)) for n in range(3))
    service = login(cast.service)
    times = [key(cast, 30 * n) for n in range(3)]
    assert service.post(f"/appointments/requests/{first.pk}/offers/", {"time": times}).status_code == 302
    assert "已告诉客户的时间" in service.get(f"/appointments/requests/{first.pk}/").content.decode()
    many = service.post(f"/appointments/requests/{second.pk}/offers/", {"time": [*times, key(cast, 90)]})
    assert many.status_code == 422 and "请选 1 到 3 个时间。" in many.content.decode()
    assert service.post(f"/appointments/requests/{second.pk}/refusal/", {"reason": ""}).status_code == 422
    assert service.post(f"/appointments/requests/{second.pk}/refusal/", {"reason": "联系不上"}).status_code == 302
    assert service.post(f"/appointments/requests/{third.pk}/withdrawal/").status_code == 302
    states = AppointmentRequest.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["offered", "declined", "withdrawn"]
    day = service.get(f"/appointments/requests/{first.pk}/?doctor={cast.doctor.pk}&day=2026-11-24").content.decode()
    assert key(cast, 150) in day


def test_a_request_by_telephone_is_entered(cast: Cast, customer: Customer, login: Login) -> None:  # noqa: F811
    service = login(cast.service)
    wish = {"channel": "phone", "type": "first_visit", "node": cast.bj.pk, "wish": "周六上午"}
    assert service.post("/appointments/requests/new/", wish).status_code == 422
    new = wish | {"name": "白示安", "sex": "male", "phone": "1000 000 0077"}
    assert service.post("/appointments/requests/new/", new).status_code == 302
    assert "沈知夏" in service.get(f"/appointments/requests/new/?customer={customer.pk}").content.decode()
    assert service.post(f"/appointments/requests/new/?customer={customer.pk}", wish).status_code == 302
    assert list(AppointmentRequest.objects.order_by("pk").values_list("name", "customer", "channel")) == [
        ("白示安", None, "phone"),
        ("", customer.pk, "phone"),
    ]
    row = AppointmentRequest.objects.get(name="白示安")
    shown = service.post(f"/appointments/requests/{row.pk}/phone/", {"reason": "回电"}).content.decode()
    assert "100 0000 0077" in shown
    assert login(cast.sh_manager).get(f"/appointments/requests/{row.pk}/").status_code == 404


@pytest.mark.req("APT-001")
def test_programs_enter_and_answer_requests(cast: Cast, customer: Customer, program: Callable[[User], Send]) -> None:  # noqa: F811
    send = program(cast.service)

    def post(path: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
        return send("POST", f"appointment-requests{path}", body)[:2]

    body = {"name": "白示安", "sex": "male", "phone": "10000000077", "channel": "wechat", "type": "first_visit", "node": "BJ",
            "doctor": "2002", "wished": NINE.isoformat()}  # fmt: skip
    status, made = post("", body)
    assert (status, made["status"], made["phone"], made["late"]) == (201, "requested", "100 **** 0077", False)
    start = {"start": (NINE + timedelta(minutes=30)).isoformat()}
    status, offered = post(f"/{made['id']}/offers", {"times": [start]})
    assert (status, offered["status"], len(offered["offers"])) == (201, "offered", 1)
    assert post(f"/{made['id']}/booking", start | {"read_back": False})[0] == 422
    status, booked = post(f"/{made['id']}/booking", start | {"read_back": True})
    assert (status, booked["status"], booked["appointment"]) == (201, "booked", f"apt_{Appointment.objects.get().pk}")
    assert post(f"/{made['id']}/refusal", {"reason": "晚了"})[1]["code"] == "answered"
    assert post("", {"type": "first_visit", "node": "BJ"})[0] == 422
    status, mine = post("", {"customer": f"cus_{customer.pk}", "type": "revisit", "node": "BJ"})
    assert (status, mine["customer"]) == (201, f"cus_{customer.pk}")
    listed = send("GET", "appointment-requests?waiting=true&node=BJ")[1]["items"]
    assert [one["id"] for one in listed] == [mine["id"]]
    assert send("GET", "appointment-requests?state=booked")[1]["items"][0]["id"] == made["id"]
    assert send("GET", f"appointment-requests/{mine['id']}")[1]["status_label"] == "待确认"
    assert post(f"/{mine['id']}/withdrawal", {})[1]["status"] == "withdrawn"
