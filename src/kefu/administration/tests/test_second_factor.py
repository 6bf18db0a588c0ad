"""A second factor: set up with an app, asked at the login, each code good once, and a way back for who lost the telephone."""

from datetime import datetime, timedelta

import pyotp
import pytest
from django.test import Client

from kefu.administration.actions.limits import set_limit
from kefu.administration.actions.logins import try_login
from kefu.administration.actions.second_factor import give_code, remove_factor, switch_off, switch_on
from kefu.administration.totp import matching_step, qr_of
from kefu.administration.vault import seal, unseal
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import LoginSession, RecoveryCode, SecondFactor, User

SECRET = "an honest 2026 phrase"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def app(at: datetime, steps: int = 0, key: str = KEY) -> str:
    """What the telephone shows, its clock being off by so many steps."""
    return pyotp.TOTP(key).at(at, counter_offset=steps)


@pytest.fixture
def manager(cast) -> User:
    cast.manager.set_password(SECRET)
    cast.manager.save(update_fields=["password"])
    return cast.manager


@pytest.fixture
def secured(cast, manager) -> list[str]:
    """The manager has had a second factor since yesterday; her recovery codes."""
    yesterday = cast.at - timedelta(days=1)
    return switch_on(secret=KEY, code=app(yesterday), by=manager, at=yesterday)


@pytest.fixture
def browser(cast, settings) -> Client:
    settings.TEST_CLOCK = True
    return Client(headers={"X-Kefu-At": cast.at.isoformat()})


def later(cast, **by: int) -> dict[str, str]:
    return {"X-Kefu-At": (cast.at + timedelta(**by)).isoformat()}


def half_way(browser: Client) -> None:
    assert (
        browser.post("/login/", {"name": "2004", "password": SECRET, "next": "/notices/"})["Location"] == "/login/code/"
    )


@pytest.mark.req("SEC-001", part="accounts")
def test_the_password_alone_opens_nothing_any_more(cast, secured, browser):
    half_way(browser)
    assert browser.get("/notices/").status_code == 302
    assert not LoginSession.objects.exists()
    assert "何示文，还差一步" in browser.get("/login/code/").content.decode()

    assert browser.post("/login/code/", {"code": app(cast.at)})["Location"] == "/notices/"
    assert browser.get("/notices/").status_code == 200
    rows = AuditEntry.objects.filter(code__startswith="administration.login").order_by("id")
    assert list(rows.values_list("code", flat=True)) == ["administration.login.half_way", "administration.login.done"]
    assert rows.last().changes == {"how": [None, "app"]}


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(cast, manager, secured, steps, opens):
    attempt = give_code(user=manager, code=app(cast.at, steps), at=cast.at)
    assert (attempt.user is not None, attempt.code) == (opens, "" if opens else "wrong")


def test_a_code_that_was_used_or_an_older_one_opens_nothing(cast, manager, secured):
    assert give_code(user=manager, code=app(cast.at), at=cast.at).user == manager
    assert give_code(user=manager, code=app(cast.at), at=cast.at).code == "wrong"
    assert give_code(user=manager, code=app(cast.at, -1), at=cast.at).code == "wrong"
    assert give_code(user=manager, code=app(cast.at, 1), at=cast.at).user == manager


def test_the_code_of_the_set_up_cannot_be_used_for_the_login(cast, manager):
    switch_on(secret=KEY, code=app(cast.at), by=manager, at=cast.at)
    assert give_code(user=manager, code=app(cast.at), at=cast.at).code == "wrong"


def test_guessed_codes_close_the_door_and_the_password_does_not_open_it_again(cast, secured, browser):
    for guess in range(4):
        half_way(browser)  # the right password in between forgets no wrong code
        assert browser.post("/login/code/", {"code": f"00000{guess}"}).status_code == 422
    locked = browser.post("/login/code/", {"code": "000009"})
    assert "09:15 后才能再试" in locked.content.decode()
    assert "09:15 后才能再试" in browser.post("/login/code/", {"code": app(cast.at)}).content.decode()
    assert try_login(name="2004", password=SECRET, at=cast.at).code == "locked"
    assert browser.get("/notices/").status_code == 302


def test_a_recovery_code_opens_once_and_is_kept_as_a_hash(cast, manager, secured):
    first = secured[0]
    assert len(secured) == len(set(secured)) == 10
    assert not RecoveryCode.objects.filter(hash__in=secured).exists()
    typed = first.upper().replace("-", " ")
    assert give_code(user=manager, code=typed, at=cast.at).user == manager
    assert give_code(user=manager, code=first, at=cast.at).code == "wrong"
    assert RecoveryCode.objects.filter(user=manager, used_at__isnull=True).count() == 9
    assert AuditEntry.objects.filter(code="administration.login.done").last().changes == {"how": [None, "recovery"]}


def test_somebody_elses_recovery_code_opens_nothing(cast, manager, secured):
    theirs = switch_on(secret=KEY, code=app(cast.at), by=cast.guide, at=cast.at)
    assert give_code(user=manager, code=theirs[0], at=cast.at).code == "wrong"
    assert not RecoveryCode.objects.filter(used_at__isnull=False).exists()


def test_the_half_way_house_closes_after_ten_minutes_and_when_the_password_changes(cast, manager, secured, browser):
    half_way(browser)
    late = browser.post("/login/code/", {"code": app(cast.at + timedelta(minutes=11))}, headers=later(cast, minutes=11))
    assert late["Location"] == "/login/"
    half_way(browser)
    manager.set_password("another phrase of 2026")
    manager.save(update_fields=["password"])
    assert browser.post("/login/code/", {"code": app(cast.at)})["Location"] == "/login/"
    assert browser.get("/login/code/")["Location"] == "/login/"


def test_i_switch_it_on_with_my_app_and_see_my_recovery_codes_once(cast, manager, browser):
    other = Client(headers={"X-Kefu-At": cast.at.isoformat()})
    for window in (browser, other):
        window.post("/login/", {"name": "2004", "password": SECRET})
    page = browser.get("/account/second-factor/").content.decode()
    assert "<svg" in page and "style=" not in page.split("<figure")[1].split("</figure>")[0]
    key = page.split("<code data-secret>")[1].split("</code>")[0].replace(" ", "")
    assert key in browser.get("/account/second-factor/").content.decode().replace(" ", "")  # the same, until it is done

    wrong = browser.post("/account/second-factor/", {"code": "123456"})
    assert wrong.status_code == 422 and "验证码不对" in wrong.content.decode()
    assert not SecondFactor.objects.exists()
    done = browser.post("/account/second-factor/", {"code": app(cast.at, key=key)}).content.decode()

    assert done.count("data-recovery-code") == 10
    assert key not in str(bytes(SecondFactor.objects.get().sealed))
    assert browser.get("/notices/").status_code == 200
    assert "您的两步验证刚有变动" in other.get("/notices/", follow=True).content.decode()
    managing = browser.get("/account/second-factor/").content.decode()
    assert "2026-11-23 起开着" in managing and "data-recovery-code" not in managing and key not in managing
    assert "还剩 10 个恢复码" in browser.get("/account/").content.decode()


def test_new_recovery_codes_replace_the_old_ones_for_a_code(cast, manager, secured, login):
    page = login(manager)
    assert "验证码不对" in page.post("/account/second-factor/codes/", {"code": "1"}).content.decode()
    assert User.objects.get(pk=manager.pk).failed_logins == 1
    shown = page.post("/account/second-factor/codes/", {"code": app(cast.at)}).content.decode()
    assert shown.count("data-recovery-code") == 10
    assert secured[0] not in shown
    assert give_code(user=manager, code=secured[0], at=cast.at).code == "wrong"


def test_switching_off_takes_a_last_code_and_guessing_it_is_counted(cast, manager, secured, login):
    page = login(manager)
    for guess in range(5):
        refused = page.post("/account/second-factor/removal/", {"code": f"00000{guess}"})
        assert refused.status_code == 422
    assert "09:15 后才能再试" in page.post("/account/second-factor/removal/", {"code": app(cast.at)}).content.decode()
    hour = cast.at + timedelta(hours=1)
    gone = page.post("/account/second-factor/removal/", {"code": app(hour)}, headers=later(cast, hours=1))
    assert gone["Location"] == "/account/"
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert page.get("/notices/").status_code == 200


def test_who_lost_telephone_and_codes_comes_back_through_the_administrator(cast, manager, secured, login):
    working = login(manager)
    page = login(cast.admin)
    address = f"/users/{manager.pk}/second-factor/removal/"
    assert page.post(address, {"reason": "", "checked": "video"}).status_code == 422
    with pytest.raises(Forbidden):
        remove_factor(user=manager, reason="手机丢了", checked="video", by=cast.director, at=cast.at)
    assert SecondFactor.objects.exists()

    assert page.post(address, {"reason": "手机丢了", "checked": "video"}).status_code == 302

    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert working.get("/notices/").status_code == 302
    row = AuditEntry.objects.get(code="administration.second_factor.removed")
    assert (row.by, row.reason, row.changes) == (cast.admin, "手机丢了", {"checked": [None, "video"]})
    with pytest.raises(Refused) as caught:
        remove_factor(user=manager, reason="手机丢了", checked="video", by=cast.admin, at=cast.at)
    assert caught.value.code == "not_on"


def test_a_role_may_have_to_have_it_and_sets_it_up_on_the_way_in(cast, manager, browser):
    set_limit(code="access.second_factor_roles", value="admin, health_manager", valid_from=cast.at.date(), by=cast.admin, at=cast.at)  # fmt: skip
    answer = browser.post("/login/", {"name": "2004", "password": SECRET, "next": "/notices/"})
    assert answer["Location"] == "/login/second-factor/"
    assert browser.get("/notices/").status_code == 302
    page = browser.get("/login/second-factor/").content.decode()
    key = page.split("<code data-secret>")[1].split("</code>")[0].replace(" ", "")
    assert "请先开启两步验证" in page
    assert browser.get("/login/code/")["Location"] == "/login/second-factor/"
    codes = browser.post("/login/second-factor/", {"code": app(cast.at, key=key)}).content.decode()
    assert codes.count("data-recovery-code") == 10 and 'href="/notices/"' in codes
    assert browser.get("/notices/").status_code == 200
    with pytest.raises(Refused) as caught:
        switch_off(code=app(cast.at, 1, key), by=User.objects.get(pk=manager.pk), at=cast.at)
    assert caught.value.code == "required_by_role"
    assert "您的角色必须用两步验证，不能关" in browser.get("/account/second-factor/").content.decode()


def test_other_roles_are_not_asked_and_a_role_that_does_not_exist_is_refused(cast, browser):
    cast.guide.set_password(SECRET)
    cast.guide.save(update_fields=["password"])
    set_limit(code="access.second_factor_roles", value="health_manager", valid_from=cast.at.date(), by=cast.admin, at=cast.at)  # fmt: skip
    assert browser.post("/login/", {"name": "2006", "password": SECRET})["Location"] == "/"
    with pytest.raises(Invalid) as caught:
        set_limit(code="access.second_factor_roles", value="health_manger", valid_from=cast.at.date(), by=cast.admin, at=cast.at)  # fmt: skip
    assert "health_manger" in str(caught.value)


def test_behind_the_lock_of_the_same_desk_the_password_is_enough(cast, secured, browser):
    half_way(browser)
    browser.post("/login/code/", {"code": app(cast.at)})
    browser.post("/lock/", {"next": "/notices/"})
    assert browser.post("/lock/", {"password": SECRET})["Location"] == "/notices/"
    browser.post("/logout/")
    half_way(browser)  # after leaving for good, the code is asked again


def test_a_temporary_password_does_not_go_round_the_second_factor(cast, manager, secured, login, browser):
    shown = login(cast.admin).post(f"/users/{manager.pk}/password/", {"reason": "忘了密码", "checked": "video"})
    temporary = shown.content.decode().split("data-temporary-password>")[1].split("<")[0]
    assert browser.post("/login/", {"name": "2004", "password": temporary})["Location"] == "/login/code/"
    assert browser.get("/password/first/")["Location"] == "/login/code/"
    assert browser.post("/login/code/", {"code": app(cast.at)})["Location"] == "/password/first/"
    new = {"new": "another phrase of 2026", "again": "another phrase of 2026"}
    assert browser.post("/password/first/", new)["Location"] == "/"
    assert browser.get("/notices/").status_code == 200


@pytest.mark.parametrize("code", ["", " ", "令牌", "12345", "1234567", "０００００Ａ", "0" * 40])
def test_what_is_no_code_is_refused_and_breaks_nothing(cast, manager, secured, code):
    assert give_code(user=manager, code=code, at=cast.at).code == "wrong"


def test_full_width_digits_and_spaces_are_the_same_code(cast, manager, secured):
    wide = app(cast.at).translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert give_code(user=manager, code=f"{wide[:3]} {wide[3:]}", at=cast.at).user == manager


def test_a_sealed_secret_opens_for_its_owner_only(settings):
    kept = seal(KEY, 7)
    assert unseal(kept, 7) == KEY
    assert unseal(kept, 8) is None
    settings.SECRET_KEY = "another"
    assert unseal(kept, 7) is None


def test_the_reference_values_of_the_standard(cast):
    """RFC 6238, appendix B: SHA-1, the last six of the eight digits."""
    key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, tz=cast.at.tzinfo)
        assert matching_step(key, code, at, after=0) == seconds // 30
    assert "<script" not in qr_of(key, "<script>")
