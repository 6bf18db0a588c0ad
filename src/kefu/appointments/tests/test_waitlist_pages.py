"""The waitlist on screen, over the API, as a spreadsheet and on the workbench."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.test import Client

from kefu.appointments import actions
from kefu.appointments.models import Appointment, OfferedPlace, WaitlistEntry
from kefu.appointments.queries.waitlist_figures import figures_of
from kefu.appointments.tests.scene import booked, o_clock, person
from kefu.appointments.tests.waiting import HOUR, MINUTE, cancel, entry_of, full_day, texts, three_in_line, wait
from kefu.appointments.waiting_work import waiting_calls
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.fixtures import Send
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]
BOOKED = list[Appointment]


@pytest.fixture(autouse=True)
def texts_leave() -> Iterator[None]:
    with texts():
        yield


@scene
def full(cast: Cast) -> BOOKED:
    return full_day(cast)


@pytest.fixture
def three(cast: Cast, full: BOOKED) -> list[Customer]:
    return three_in_line(cast)


def words(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def head(minutes: float) -> dict[str, str]:
    return {"X-Kefu-At": (o_clock(9, 0, date(2026, 11, 23)) + timedelta(minutes=minutes)).isoformat()}


@pytest.mark.req("APT-013", part="alternatives")
def test_who_was_too_late_is_put_on_the_list_by_one_click(cast: Cast, full: BOOKED, login: Login) -> None:
    customer, manager = customer_of(cast), login(cast.manager)
    url = f"/customers/{customer.pk}/appointments/new/"
    chosen = {"node": str(cast.bj.pk), "doctor": str(cast.doctor.pk), "start": o_clock(10).isoformat()}
    sent = {"type": "first_visit", "channel": "phone", "method": "personal_data", "read_back": "on"}
    page = words(manager.post(url, sent, query_params=chosen))
    assert "这个时间刚被约走" in page and f'action="/customers/{customer.pk}/waitlist/new/"' in page
    assert 'id="wait"' in page and 'value="2026-11-24"' in page and 'value="10:00"' in page
    form = {"type": "first_visit", "node": cast.bj.pk, "doctor": cast.doctor.pk, "first": "2026-11-24", "last": "2026-11-24",
            "hour": "10:00", "channel": "phone"}  # fmt: skip
    answer = manager.post(f"/customers/{customer.pk}/waitlist/new/", form)
    row = entry_of(customer)
    assert answer.url == f"/appointments/waitlist/{row.pk}/"  # type: ignore[attr-defined]
    assert "还没有合适的空位" in words(manager.get(f"/appointments/waitlist/{row.pk}/"))
    again = manager.post(f"/customers/{customer.pk}/waitlist/new/", form)
    assert again.status_code == 409 and "已经在候补" in words(again)
    wrong = manager.post(f"/customers/{customer.pk}/waitlist/new/", form | {"first": "2026-11-31", "hour": "25:00"})
    assert wrong.status_code == 200 and "要有这一天" in words(wrong) and WaitlistEntry.objects.count() == 1
    assert "候补" in words(manager.get(f"/customers/{customer.pk}/appointments/"))


def test_what_is_free_all_the_same_is_one_click_away(cast: Cast, full: BOOKED, login: Login) -> None:
    customer = person(cast)
    cancel(cast, full[0], cast.at)
    form = {"type": "first_visit", "node": cast.bj.pk, "first": "2026-11-24", "last": "2026-11-24", "channel": "phone"}
    manager, url = login(cast.manager), f"/customers/{customer.pk}/waitlist/new/"
    page = words(manager.get(f"/customers/{customer.pk}/appointments/new/?first=2026-11-24&part=morning"))
    assert f'href="{url}?node={cast.bj.pk}&amp;first=2026-11-24&amp;last=2026-12-07&amp;parts=morning"' in page
    asked = words(manager.get(f"{url}?node={cast.bj.pk}&first=2026-11-24&last=2026-12-07&parts=morning"))
    assert 'value="2026-12-07"' in asked and 'value="morning" ' in asked
    answer = manager.post(url, form)
    assert answer.status_code == 409 and "还有空档" in words(answer)
    assert (
        f"/customers/{customer.pk}/appointments/new/?node={cast.bj.pk}&amp;type=first_visit&amp;first=2026-11-24"
        in words(answer)
    )


@pytest.mark.req("APT-013", part="alternatives")
def test_the_desk_sees_the_queue_and_answers_for_the_customer(
    cast: Cast, full: BOOKED, three: list[Customer], login: Login
) -> None:  # fmt: skip
    at = cast.at + 5 * MINUTE
    cancel(cast, full[0], at)
    manager, first = login(cast.manager), entry_of(three[0])
    page = words(manager.get("/appointments/waitlist/", headers=head(6)))
    places = [page.index(name) for name in ("白示安", "白示宁", "白示和")]
    assert places == sorted(places) and "在等 2 位，等答复 1 位" in page
    only = words(manager.get("/appointments/waitlist/?state=offered"))
    assert "白示安" in only and "白示宁" not in only
    assert "白示安" not in words(manager.get(f"/appointments/waitlist/?doctor={cast.doctor2.pk}"))
    (item,) = waiting_calls(cast.service, at)
    place = OfferedPlace.objects.get()
    assert (item.due_at, item.customer_name, item.url) == (place.until, "白示安", f"/appointments/waitlist/{first.pk}/")
    assert list(waiting_calls(cast.keeper, at)) == [] == list(waiting_calls(cast.service, place.until))
    url = f"/appointments/waitlist/{first.pk}/"
    detail = words(manager.get(url, headers=head(6)))
    assert "有空位，请问客户要不要" in detail and "已发消息给客户" in detail
    assert AuditEntry.objects.filter(code="appointments.waitlist.read", customer_id=three[0].pk).count() == 1
    shown = {"place": place.pk}
    assert manager.post(url + "booking/", shown, headers=head(6)).status_code == 422
    assert manager.post(url + "booking/", {"read_back": "on"}, headers=head(6)).status_code == 409
    Customer.objects.filter(pk=three[0].pk).update(sex="")
    unknown = manager.post(url + "booking/", shown | {"read_back": "on"}, headers=head(6))
    assert unknown.status_code == 422 and "性别" in words(unknown) and OfferedPlace.objects.get().answer == "open"
    Customer.objects.filter(pk=three[0].pk).update(sex="female")
    assert manager.post(url + "booking/", shown | {"read_back": "on"}, headers=head(6)).status_code == 302
    assert Appointment.objects.get(customer=three[0]).start == o_clock(9)
    assert manager.post(url + "booking/", shown | {"read_back": "on"}, headers=head(7)).status_code == 409
    second = f"/appointments/waitlist/{entry_of(three[1]).pk}/"
    assert manager.post(second + "refusal/", shown, headers=head(7)).status_code == 409
    assert manager.post(second + "withdrawal/", {"reason": "不等了"}, headers=head(7)).status_code == 302
    assert "不等了" in words(manager.get(second))
    assert "白示安" in words(manager.get("/appointments/waitlist/?state=all"))


def test_who_has_no_right_or_another_centre_sees_nobody(
    cast: Cast, full: BOOKED, three: list[Customer], login: Login
) -> None:
    row = entry_of(three[0])
    assert login(cast.keeper).get("/appointments/waitlist/").status_code == 403
    elsewhere = login(cast.sh_manager)
    assert "白示安" not in words(elsewhere.get("/appointments/waitlist/"))
    for way in ("", "booking/", "refusal/", "withdrawal/"):
        answer = getattr(elsewhere, "post" if way else "get")(f"/appointments/waitlist/{row.pk}/{way}")
        assert answer.status_code == 404


def test_a_page_of_twenty_costs_what_a_page_of_one_costs(
    cast: Cast, full: BOOKED, login: Login, django_assert_max_num_queries: Callable[..., object]
) -> None:  # fmt: skip
    manager = login(cast.manager)

    def page() -> int:
        with django_assert_max_num_queries(30) as seen:  # type: ignore[attr-defined]
            manager.get("/appointments/waitlist/")
        return len(seen)

    wait(cast, person(cast))
    one = page()
    for n in range(20):
        wait(cast, person(cast, f"候示{n}", f"100000020{n:02d}"))
    assert page() == one


@pytest.mark.req("APT-010")
def test_the_figures_count_what_one_may_see(
    cast: Cast, full: BOOKED, three: list[Customer]
) -> None:  # fmt: skip
    at = cast.at + HOUR
    cancel(cast, full[0], at)
    actions.take_place(place=OfferedPlace.objects.get(), read_back=True, by=cast.manager, at=at + HOUR)
    run_pending(at + HOUR)
    cancel(cast, full[1], at + HOUR)
    found = figures_of(cast.manager, at + 2 * HOUR)
    assert (found.waiting, found.offered, found.booked, found.median) == (1, 1, 1, 2 * HOUR)
    elsewhere = figures_of(cast.sh_manager, at + 2 * HOUR)
    assert (elsewhere.waiting, elsewhere.booked, elsewhere.median) == (0, 0, None)


@pytest.mark.req("APT-004")
@pytest.mark.req("APT-017")
def test_a_program_puts_on_the_list_answers_and_takes_off(
    cast: Cast, full: BOOKED, program: Callable[[User], Send]
) -> None:
    send, customer = program(cast.manager), person(cast)
    body = {"customer": f"cus_{customer.pk}", "type": "first_visit", "node": "BJ", "doctor": "2002", "first": "2026-11-24", "last": "2026-11-24",
            "parts": ["morning"], "hour": "09:30", "note": "带轮椅"}  # fmt: skip
    status, made, _answer = send("POST", "waitlist-entries", body)
    assert (status, made["status"], made["hour"], made["parts"], made["place"]) == (
        201,
        "waiting",
        "09:30",
        ["morning"],
        None,
    )
    assert send("POST", "waitlist-entries", body)[1]["code"] == "already_waiting"
    for field, value in (
        ("parts", ["night"]),
        ("hour", "9"),
        ("last", "2026-13-01"),
        ("customer", "cus_0"),
        ("node", "XX"),
        ("type", "tea"),
    ):
        assert send("POST", "waitlist-entries", body | {field: value})[0] in (404, 422), field
    cancel(cast, full[1], cast.at)
    status, shown, _answer = send("GET", f"waitlist-entries/{made['id']}")
    assert (status, shown["status"], shown["place"]["doctor"], shown["place"]["start"]) == (
        200,
        "offered",
        "2002",
        "2026-11-24T09:30:00+08:00",
    )
    status, rows, _answer = send("GET", "waitlist-entries?waiting=true&node=BJ")
    assert status == 200 and [one["id"] for one in rows["items"]] == [made["id"]]
    place = {"place": shown["place"]["id"]}
    for way, wrong in (("booking", {"read_back": True}), ("refusal", {}), ("booking", place | {"read_back": False})):
        status, refused, _answer = send("POST", f"waitlist-entries/{made['id']}/{way}", wrong)
        assert (status, refused["code"]) == (422, "invalid")
    status, refused, _answer = send("POST", f"waitlist-entries/{made['id']}/refusal", {"place": "apl_987654"})
    assert (status, refused["code"]) == (409, "offer_over")
    assert send("POST", f"waitlist-entries/{made['id']}/refusal", place)[1]["status"] == "waiting"
    over = send("POST", f"waitlist-entries/{made['id']}/booking", place | {"read_back": True})[1]
    assert over["code"] == "offer_over"
    status, gone, _answer = send("POST", f"waitlist-entries/{made['id']}/withdrawal", {"reason": "不来了"})
    assert (status, gone["status"]) == (200, "withdrawn")
    status, free, _answer = send("POST", "waitlist-entries", body)
    assert (status, free["code"], free["alternatives"][0]["start"]) == (409, "still_free", "2026-11-24T09:30:00+08:00")
    assert program(cast.keeper)("GET", "waitlist-entries")[0] == 403
    assert program(cast.sh_manager)("GET", f"waitlist-entries/{made['id']}")[0] == 404


@pytest.mark.req("APT-013", part="alternatives")
def test_who_has_a_later_visit_for_the_same_comes_earlier_instead_of_twice(
    cast: Cast, full: list[Appointment], login: Callable[[User], Client]
) -> None:
    customer = person(cast)
    later = booked(cast, customer, o_clock(9) + timedelta(days=7))
    row = wait(cast, customer)
    cancel(cast, full[2], cast.at + MINUTE)
    page, place = login(cast.manager), OfferedPlace.objects.get()
    shown = page.get(f"/appointments/waitlist/{row.pk}/").content.decode()
    assert "已约的 2026-12-01 09:00（何示宁）改到这个时间，不另约一次" in shown
    page.post(f"/appointments/waitlist/{row.pk}/booking/", {"place": place.pk, "read_back": "on", "instead": "on"})
    (visit,) = Appointment.objects.filter(customer=customer)
    assert (visit.pk, visit.start, visit.status) == (later.pk, o_clock(10), "booked")
    assert not Appointment.with_holds.filter(status="held").exists()
    row.refresh_from_db()
    assert (row.state, row.appointment) == ("booked", visit)
    assert list(row.places.values_list("answer", flat=True)) == ["taken"]
