"""A password of one's own by mail: at the invitation, and when it is forgotten."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from kefu.administration.actions.invitations import ask_reset, choose_by_link, invite
from kefu.administration.actions.logins import try_login
from kefu.administration.actions.passwords import reset_password
from kefu.administration.actions.users import change_user, create_user, deactivate_user
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices.models import Notice
from kefu.foundation.outbox.delivery import deliver
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import Receiver, connected
from kefu.foundation.outbox.transports import PermanentError
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import User
from kefu.testing.cast import Cast

SITE = "https://kefu.example"
OWN = "竹林听雨-2026-晚"
NEW = {"username": "qin", "job_number": "4003", "name": "秦示和", "email": "qin@kefu.example"}
SIGNED = date(2026, 11, 20)


@pytest.fixture
def mail() -> Iterator[Receiver]:
    with connected("email") as receiver:
        yield receiver


@pytest.fixture
def browser(cast: Cast, settings: Settings) -> Client:
    """Somebody who is not logged in, at the story's hour."""
    settings.TEST_CLOCK = True
    return Client(headers={"X-Kefu-At": cast.at.isoformat()})


@pytest.fixture
def person(cast: Cast, mail: Receiver) -> User:
    return create_user(**NEW, node=cast.bj, undertaking_signed_on=SIGNED, by=cast.admin, at=cast.at).user


def sent() -> dict[str, str]:
    return OutboxMessage.objects.filter(channel="email").latest("pk").payload


def token_in(body: str) -> str:
    found = re.search(r"/password/link/([\w-]+)/", body)
    assert found
    return found[1]


def ask(at: datetime, name: str = "qin") -> str:
    ask_reset(name=name, site=SITE, at=at)
    return token_in(sent()["body"])


@pytest.mark.req("SEC-001", part="accounts")
def test_who_is_invited_chooses_the_first_password(cast: Cast, mail: Receiver, login, browser: Client) -> None:
    form = NEW | {"node": cast.bj.pk, "undertaking_signed_on": "2026-11-20", "invite": "on"}
    answer = login(cast.admin).post("/users/new/", form)
    user = User.objects.get(job_number="4003")
    assert answer.headers["Location"] == f"/users/{user.pk}/"
    assert not user.has_usable_password()
    letter = sent()
    assert letter["to"] == "qin@kefu.example" and "3 天内" in letter["body"]
    assert OutboxMessage.objects.get().expires_at == cast.at + timedelta(days=3)
    link = f"/password/link/{token_in(letter['body'])}/"
    assert "秦示和" in browser.get(link).content.decode()
    assert browser.post(link, {"new": OWN, "again": "别的"}).status_code == 422
    assert browser.post(link, {"new": "12345", "again": "12345"}).status_code == 422
    assert browser.post(link, {"new": OWN, "again": OWN}).headers["Location"] == "/login/"
    entered = try_login(name="4003", password=OWN, at=cast.at)
    assert entered.user == user and not entered.user.must_change_password
    assert browser.get(link).status_code == 410
    assert browser.post(link, {"new": OWN + "2", "again": OWN + "2"}).status_code == 410


@pytest.mark.req("SEC-001", part="accounts")
def test_a_forgotten_password_is_chosen_anew_within_the_hour(cast: Cast, person: User) -> None:
    token = ask(cast.at)
    assert "60 分钟" in sent()["body"] and "4003" not in sent()["body"]
    with pytest.raises(Refused, match="过期"):
        choose_by_link(token=token, new=OWN, at=cast.at + timedelta(minutes=60))
    with pytest.raises(Invalid):
        choose_by_link(token=token, new="12345", at=cast.at)
    choose_by_link(token=token, new=OWN, at=cast.at + timedelta(minutes=59))
    assert try_login(name="qin", password=OWN, at=cast.at + timedelta(minutes=59)).user == person
    row = AuditEntry.objects.get(code="administration.password.chosen")
    assert row.by == person


def test_what_opens_an_account_is_forgotten_when_the_mail_has_left(cast: Cast, person: User, mail: Receiver) -> None:
    token = ask(cast.at)
    run_pending(cast.at)
    (_key, letter) = mail.got[0]
    assert token in letter["body"]
    message = OutboxMessage.objects.get()
    assert message.state == "sent" and token not in str(message.payload)
    ask(cast.at + timedelta(minutes=5))
    deliver(message_id=OutboxMessage.objects.latest("pk").pk, at=cast.at + timedelta(hours=2))
    late = OutboxMessage.objects.latest("pk")
    assert late.state == "cancelled" and "body" not in late.payload


def test_it_opens_an_account_that_wrong_passwords_have_closed(cast: Cast, person: User) -> None:
    for _guess in range(5):
        try_login(name="qin", password="falsch-geraten", at=cast.at)
    assert try_login(name="qin", password="falsch-geraten", at=cast.at).code == "locked"
    choose_by_link(token=ask(cast.at), new=OWN, at=cast.at)
    assert try_login(name="qin", password=OWN, at=cast.at).user == person


def test_nobody_finds_out_whose_account_exists_and_nobody_is_flooded(cast: Cast, person: User, browser: Client) -> None:
    names = ("qin", "nobody", "1001")
    bodies = [browser.post("/password/forgotten/", {"name": name}).content.decode() for name in names]
    bodies = [re.sub(r'FToken": "\w+"|nonce=\S+', "", body) for body in bodies]
    assert "如果这个账号登记了邮箱" in bodies[0] and bodies[0] == bodies[1] == bodies[2]
    assert OutboxMessage.objects.count() == 1
    for minute in range(10):
        ask_reset(name="qin", site=SITE, at=cast.at + timedelta(minutes=minute))
    assert OutboxMessage.objects.count() == 3
    ask_reset(name="qin", site=SITE, at=cast.at + timedelta(minutes=70))
    assert OutboxMessage.objects.count() == 4


def test_a_link_dies_with_what_it_was_made_for(cast: Cast, person: User) -> None:
    proof = {"reason": "忘了密码", "checked": "in_person", "by": cast.admin}
    changes = [
        lambda: ask(cast.at),
        lambda: reset_password(user=person, **proof, at=cast.at),
        lambda: change_user(user=person, changes={"email": "other@kefu.example"}, by=cast.admin, at=cast.at),
        lambda: deactivate_user(user=person, reason="离职", by=cast.admin, at=cast.at),
    ]
    for hours, change in enumerate(changes):
        cast.at += timedelta(hours=hours)
        token = ask(cast.at)
        change()
        with pytest.raises(Refused):
            choose_by_link(token=token, new=OWN, at=cast.at)


def test_without_a_mail_server_the_page_says_whom_to_ask(cast: Cast, browser: Client, login) -> None:
    assert "找管理员，当面核对身份" in browser.get("/password/forgotten/").content.decode()
    user = create_user(**NEW, node=cast.bj, undertaking_signed_on=SIGNED, by=cast.admin, at=cast.at).user
    ask_reset(name="qin", site=SITE, at=cast.at)
    assert not OutboxMessage.objects.exists()
    with pytest.raises(Refused, match="没有接邮件"):
        invite(user=user, site=SITE, by=cast.admin, at=cast.at)
    assert 'name="invite"' not in login(cast.admin).get("/users/new/").content.decode()


def test_who_is_invited_has_an_address_and_an_open_account(cast: Cast, person: User, login) -> None:
    page = login(cast.admin)
    assert "发邀请邮件" in page.get(f"/users/{person.pk}/").content.decode()
    assert page.post(f"/users/{person.pk}/invitation/").status_code == 302
    assert sent()["to"] == "qin@kefu.example"
    with pytest.raises(Forbidden):
        invite(user=person, site=SITE, by=cast.manager, at=cast.at)
    change_user(user=person, changes={"email": ""}, by=cast.admin, at=cast.at)
    with pytest.raises(Refused, match="没有登记邮箱"):
        invite(user=person, site=SITE, by=cast.admin, at=cast.at)
    deactivate_user(user=person, reason="离职", by=cast.admin, at=cast.at)
    with pytest.raises(Refused, match="已停用"):
        invite(user=person, site=SITE, by=cast.admin, at=cast.at)


def test_an_invitation_that_does_not_arrive_is_told_to_the_administrators(cast: Cast) -> None:
    with connected("email", PermanentError("no such mailbox: qin@kefu.example")):
        user = create_user(**NEW, node=cast.bj, undertaking_signed_on=SIGNED, by=cast.admin, at=cast.at).user
        invite(user=user, site=SITE, by=cast.admin, at=cast.at)
        run_pending(cast.at)
    told = Notice.objects.get(code="invitation_undelivered", user=cast.admin)
    assert told.link == f"/users/{user.pk}/"
    assert "给秦示和的邀请邮件没有送到" in told.text
    entry = AuditEntry.objects.get(code="administration.password.not_delivered")
    assert (entry.subject_id, entry.reason) == (user.pk, "")
