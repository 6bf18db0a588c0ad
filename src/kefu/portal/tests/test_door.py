"""The door of the customers' pages: codes, guesses, floods, cookies."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.portal.actions import forget_visits
from kefu.portal.inside import COOKIE
from kefu.portal.models import Visit
from kefu.portal.rules import digest_of, listed
from kefu.portal.tests.visiting import NEW, PHONE, at, browser, enter, sent_code, set_up, words
from kefu.testing.cast import AT, Cast

pytestmark = pytest.mark.django_db
PAGES = (
    "/portal/mine/", "/portal/booking/", "/portal/booking/confirmation/", "/portal/appointments/1/", "/portal/requests/1/",
)  # fmt: skip
POSTS = (
    "/portal/appointments/1/cancellation/", "/portal/requests/1/choice/", "/portal/requests/1/withdrawal/", "/portal/booking/confirmation/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def story_time(settings: object) -> None:
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]


@pytest.fixture
def customer(cast: Cast) -> Customer:
    return set_up(cast)


def test_a_code_by_text_message_lets_somebody_in_and_the_token_changes(customer: Customer) -> None:
    client = browser()
    client.post("/portal/", {"phone": "100 0000 0001"})
    before = client.cookies[COOKIE].value
    message = OutboxMessage.objects.get()
    assert (message.payload["to"], message.expires_at) == (PHONE, Visit.objects.get().code_until)
    assert "5分钟内有效" in message.payload["body"]
    page = words(client.get("/portal/code/"))
    assert "100 **** 0001" in page and PHONE not in page and "沈" not in page.replace(message.payload["body"], "")
    assert client.post("/portal/code/", {"code": sent_code(PHONE)}).url == "/portal/mine/"
    cookie = client.cookies[COOKIE]
    assert (
        cookie.value != before and cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/portal/"
    )
    inside = client.get("/portal/mine/")
    assert "沈女士，您好" in words(inside)
    assert "no-store" in inside["Cache-Control"] and "default-src 'self'" in inside["Content-Security-Policy"]
    visit = Visit.objects.get()
    assert (visit.digest, visit.code_hash) == (digest_of(cookie.value), "")
    assert AuditEntry.objects.get(code="portal.visit.begun").customer_id == customer.pk
    old = browser()
    old.cookies[COOKIE] = before
    assert old.get("/portal/mine/").status_code == 302


def test_known_and_unknown_numbers_get_the_same_answer(customer: Customer) -> None:
    answers, pages = [], []
    for number in (PHONE, NEW):
        client = browser()
        answers.append(client.post("/portal/", {"phone": number}))
        page = words(client.get("/portal/code/"))
        pages.append(page.split("<main")[1].replace(number[-4:], "").replace(sent_code(number), ""))
    assert {(one.status_code, one.url) for one in answers} == {(302, "/portal/code/")}
    tidy = [page.split("csrfmiddlewaretoken")[0] for page in pages]
    assert tidy[0] == tidy[1]
    assert OutboxMessage.objects.count() == 2


def test_five_wrong_codes_lock_the_number_for_a_quarter_of_an_hour(customer: Customer) -> None:
    client = browser()
    client.post("/portal/", {"phone": PHONE})
    right = sent_code(PHONE)
    wrong = f"{(int(right) + 1) % 1000000:06d}"
    for _guess in range(4):
        answer = client.post("/portal/code/", {"code": wrong})
        assert (answer.status_code, "验证码不对" in words(answer)) == (422, True)
    locked = client.post("/portal/code/", {"code": wrong})
    assert (locked.status_code, "输错太多次" in words(locked)) == (429, True)
    assert client.post("/portal/code/", {"code": right}).url == "/portal/"
    assert client.get("/portal/mine/").status_code == 302
    again = browser().post("/portal/", {"phone": PHONE}, headers=at(14))
    assert (again.status_code, "09:15 后再试" in words(again)) == (429, True)
    assert browser().post("/portal/", {"phone": PHONE}, headers=at(16)).status_code == 302
    assert browser().post("/portal/", {"phone": NEW}).status_code == 302
    assert AuditEntry.objects.filter(code="portal.code.refused", kind="refused").count() == 5


def test_a_code_counts_for_five_minutes_and_once(customer: Customer) -> None:
    client = browser()
    client.post("/portal/", {"phone": PHONE})
    late = client.post("/portal/code/", {"code": sent_code(PHONE)}, headers=at(5))
    assert (late.status_code, "验证码过期了" in words(late)) == (422, True)
    assert client.post("/portal/code/", {"code": sent_code(PHONE)}, headers=at(4.9)).url == "/portal/mine/"
    token = client.cookies[COOKIE].value
    thief = browser()
    thief.cookies[COOKIE] = token
    assert thief.post("/portal/code/", {"code": "000000"}).url == "/portal/"  # no code is owed any more


def test_a_number_gets_five_codes_an_hour(customer: Customer) -> None:
    for _n in range(5):
        assert browser().post("/portal/", {"phone": NEW}).status_code == 302
    flood = browser().post("/portal/", {"phone": NEW}, headers=at(59))
    assert (flood.status_code, "过一小时再试" in words(flood)) == (429, True)
    assert browser().post("/portal/", {"phone": PHONE}).status_code == 302
    assert browser().post("/portal/", {"phone": NEW}, headers=at(61)).status_code == 302


def test_a_network_address_gets_thirty_codes_an_hour(customer: Customer) -> None:
    for n in range(30):
        assert browser().post("/portal/", {"phone": f"1000000{n:04d}"}).status_code == 302
    assert browser().post("/portal/", {"phone": "10000009999"}).status_code == 429
    elsewhere = Client(REMOTE_ADDR="203.0.113.7", headers=at(0))
    assert elsewhere.post("/portal/", {"phone": "10000009999"}).status_code == 302


@pytest.mark.parametrize("number", ["", "123", "010-00000000", "abc", "1" * 300])
def test_what_is_no_mobile_number_is_said_beside_the_field(customer: Customer, number: str) -> None:
    answer = browser().post("/portal/", {"phone": number})
    assert answer.status_code == 422 and "invalid-feedback" in words(answer)
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("cookie", ["", "x", "a" * 5000, "é", "' OR 1=1"])
def test_a_forged_cookie_opens_nothing(customer: Customer, cookie: str) -> None:
    client = browser()
    client.cookies[COOKIE] = cookie
    for url in PAGES:
        answer = client.get(url)
        assert answer.status_code == 302 and answer.url.startswith("/portal/?next="), url
    for url in POSTS:
        assert client.post(url, {}).url == "/portal/?next=%2Fportal%2F", url
    assert client.get("/portal/code/").url == "/portal/"


def test_a_colleagues_login_is_no_customer_and_a_customer_is_no_colleague(cast: Cast, customer: Customer) -> None:
    colleague = browser()
    colleague.force_login(cast.manager)
    assert colleague.get("/portal/mine/").status_code == 302
    client = enter(browser())
    assert "/login/" in client.get("/customers/").url
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_who_leaves_is_outside_and_a_visit_ends_by_itself(cast: Cast, customer: Customer) -> None:
    client = enter(browser())
    token = client.cookies[COOKIE].value
    assert client.get("/portal/mine/", headers=at(719)).status_code == 200
    assert client.get("/portal/mine/", headers=at(721)).status_code == 302
    assert client.post("/portal/leaving/").url == "/portal/"
    client.cookies[COOKIE] = token
    assert client.get("/portal/mine/").status_code == 302
    assert forget_visits(by=cast.system, at=cast.at + timedelta(days=6)) == 0
    assert forget_visits(by=cast.system, at=cast.at + timedelta(days=8)) == 1
    assert not Visit.objects.exists()


def test_the_way_back_leads_nowhere_else(customer: Customer) -> None:
    for place in (
        "https://example.com/portal/",
        "//example.com",
        "/customers/",
        "/portal/\\example.com",
        "/portal/..//x",
    ):
        client = browser()
        client.post("/portal/?next=" + place, {"phone": PHONE})
        assert client.post("/portal/code/?next=" + place, {"code": sent_code(PHONE)}).url == "/portal/mine/"
        Visit.objects.all().delete()
    client = browser()
    client.post("/portal/?next=/portal/booking/", {"phone": PHONE})
    assert client.post("/portal/code/?next=/portal/booking/", {"code": sent_code(PHONE)}).url == "/portal/booking/"


def test_forms_need_their_token(customer: Customer) -> None:
    strict = Client(enforce_csrf_checks=True, headers=at(0))
    assert strict.post("/portal/", {"phone": PHONE}).status_code == 403
    assert not OutboxMessage.objects.exists()


def test_where_messages_leave_the_code_is_on_no_page_and_is_forgotten(customer: Customer) -> None:
    with connected("sms") as receiver:
        client = browser()
        client.post("/portal/", {"phone": PHONE})
        message = OutboxMessage.objects.get()
        assert message.payload["secret"]
        code = sent_code(PHONE)
        assert code not in words(client.get("/portal/code/"))
        run_pending(AT)
        assert len(receiver.got) == 1
    message.refresh_from_db()
    assert code not in str(message.payload)


def test_in_a_demo_without_a_gateway_the_page_shows_the_message(customer: Customer, settings: object) -> None:
    client = browser()
    client.post("/portal/", {"phone": PHONE})
    assert sent_code(PHONE) in words(client.get("/portal/code/"))
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    assert sent_code(PHONE) not in words(client.get("/portal/code/"))


def test_lists_in_limits_are_read() -> None:
    assert listed("none") == listed("") == frozenset()
    assert listed(" BJ， SH,,GZ ") == {"BJ", "SH", "GZ"}
