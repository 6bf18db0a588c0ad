"""People come in by name or job number; too many wrong guesses close the door for a while."""

from datetime import timedelta

import pytest
from django.test import Client

from kefu.administration.actions.logins import try_login
from kefu.administration.actions.passwords import reset_password, unlock
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Refused
from kefu.organisation.models import User

SECRET = "an honest 2026 phrase"


@pytest.fixture
def manager(cast):
    cast.manager.set_password(SECRET)
    cast.manager.save(update_fields=["password"])
    return cast.manager


@pytest.fixture
def browser(cast, settings) -> Client:
    settings.TEST_CLOCK = True
    return Client(headers={"X-Kefu-At": cast.at.isoformat()})


def enter(browser: Client, name: str, password: str = SECRET, **extra: str):
    return browser.post("/login/", {"name": name, "password": password, **extra})


def codes(user: User) -> list[str]:
    return list(AuditEntry.objects.filter(subject_kind="user", subject_id=user.pk).order_by("id").values_list("code", flat=True))  # fmt: skip


@pytest.mark.parametrize("name", ["manager", "2004", " 2004 "])
def test_a_person_comes_in_by_login_name_or_job_number(manager, browser, name):
    answer = enter(browser, name)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.session["_auth_user_id"] == str(manager.pk)
    assert codes(manager) == ["administration.login.done", "administration.session.begun"]


def test_after_login_one_is_where_one_wanted_to_be_and_never_on_another_site(manager, browser):
    assert browser.get("/notices/")["Location"] == "/login/?next=/notices/"
    assert enter(browser, "manager", next="/notices/")["Location"] == "/notices/"

    browser.post("/logout/")
    assert enter(browser, "manager", next="https://example.com/")["Location"] == "/"


def test_a_wrong_password_says_so_and_lets_nobody_in(manager, browser):
    answer = enter(browser, "manager", "guess")

    assert answer.status_code == 422
    assert "登录名或密码不对" in answer.content.decode()
    assert "_auth_user_id" not in browser.session
    assert enter(browser, "nobody-here").content.decode().count("登录名或密码不对") == 1


def test_five_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(manager, cast):
    for guess in range(4):
        assert try_login(name="manager", password=f"guess {guess}", at=cast.at).code == "wrong"
    assert try_login(name="manager", password="guess 5", at=cast.at).code == "locked"

    soon, later = cast.at + timedelta(minutes=14), cast.at + timedelta(minutes=15)
    refused = try_login(name="manager", password=SECRET, at=soon)
    assert (refused.user, refused.code) == (None, "locked")
    assert "09:15" in refused.message
    assert try_login(name="manager", password=SECRET, at=later).user == manager
    assert codes(manager)[-2:] == ["administration.login.refused", "administration.login.done"]


def test_a_right_password_forgets_the_wrong_ones(manager, cast):
    for _ in range(4):
        try_login(name="manager", password="guess", at=cast.at)
    try_login(name="manager", password=SECRET, at=cast.at)
    assert try_login(name="manager", password="guess", at=cast.at).code == "wrong"


def test_the_administrator_opens_the_door_again(manager, cast):
    for _ in range(5):
        try_login(name="manager", password="guess", at=cast.at)
    unlock(user=User.objects.get(pk=manager.pk), by=cast.admin, at=cast.at)
    assert try_login(name="manager", password=SECRET, at=cast.at).user == manager


def test_systems_and_demo_accounts_of_production_stay_outside(cast, settings):
    demo = User.objects.create(
        username="demo", job_number="9001", name="演示", node=cast.hq, undertaking_signed_on="2026-01-05", is_demo=True
    )
    for user in (demo, cast.system):
        user.set_password(SECRET)
        user.save(update_fields=["password"])

    assert try_login(name="demo", password=SECRET, at=cast.at).user == demo
    settings.PRODUCTION = True
    refused = try_login(name="demo", password=SECRET, at=cast.at)
    assert (refused.user, refused.code) == (None, "demo_account")
    assert "演示账号" in refused.message
    assert try_login(name="system", password=SECRET, at=cast.at).code == "wrong"


def test_a_session_ends_when_its_account_is_closed(manager, browser):
    enter(browser, "manager")
    assert browser.get("/notices/").status_code == 200
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert browser.get("/notices/")["Location"] == "/login/?next=/notices/"
    assert "账号已停用" in enter(browser, "manager").content.decode()


def test_a_temporary_password_is_good_for_choosing_ones_own(manager, cast, browser):
    temporary = reset_password(user=manager, reason="忘了密码", checked="in_person", by=cast.admin, at=cast.at)

    assert enter(browser, "2004", temporary)["Location"] == "/password/first/"
    assert browser.get("/notices/").status_code == 302  # not in yet
    weak = browser.post("/password/first/", {"new": "1234567890", "again": "1234567890"})
    assert weak.status_code == 422
    same = browser.post("/password/first/", {"new": temporary, "again": temporary})
    assert "不能和现在的一样" in same.content.decode()
    other = browser.post("/password/first/", {"new": SECRET, "again": SECRET + "!"})
    assert "两次输入的不一样" in other.content.decode()

    assert browser.post("/password/first/", {"new": SECRET, "again": SECRET})["Location"] == "/"
    assert browser.get("/notices/").status_code == 200
    assert try_login(name="2004", password=temporary, at=cast.at).user is None
    assert not User.objects.get(pk=manager.pk).must_change_password


def test_only_who_grants_roles_gives_new_passwords(manager, cast):
    with pytest.raises(Forbidden):
        reset_password(user=manager, reason="忘了密码", checked="in_person", by=cast.director, at=cast.at)


def test_the_administrator_says_why_and_how_the_person_was_known(manager, cast, login):
    page = login(cast.admin)
    address = f"/users/{manager.pk}/password/"
    refused = page.post(address, {"reason": "", "checked": "by_feeling"})
    assert refused.status_code == 422
    assert "请写明原因" in page.post(address, {"reason": " ", "checked": "in_person"}).content.decode()
    assert "请选择怎样核对的身份" in page.post(address, {"reason": "忘了密码", "checked": ""}).content.decode()
    assert User.objects.get(pk=manager.pk).check_password(SECRET)

    shown = page.post(address, {"reason": "忘了密码", "checked": "call_back"}).content.decode()
    assert "data-temporary-password" in shown
    row = AuditEntry.objects.get(code="administration.password.reset")
    assert (row.by, row.reason, row.changes) == (cast.admin, "忘了密码", {"checked": [None, "call_back"]})
    assert not User.objects.get(pk=manager.pk).check_password(SECRET)
    with pytest.raises(Refused):
        reset_password(user=cast.admin, reason="忘了密码", checked="in_person", by=cast.admin, at=cast.at)


def test_my_own_password_needs_the_present_one_and_ends_my_other_screens(manager, browser, cast, settings):
    other = Client()
    enter(browser, "manager")
    enter(other, "manager")
    new = {"new": "another phrase of 2026", "again": "another phrase of 2026"}

    assert "现在的密码不对" in browser.post("/password/", {"old": "guess"} | new).content.decode()
    assert browser.post("/password/", {"old": SECRET} | new).status_code == 302
    assert browser.get("/notices/").status_code == 200
    assert other.get("/notices/").status_code == 302
