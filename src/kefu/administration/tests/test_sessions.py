"""Where one is logged in: seen, ended, and over at once when a role, a password or an account changes."""

from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from kefu.administration.actions.roles import end_grant, follow_dated_grants, grant_role, set_cell
from kefu.administration.actions.sessions import end_session, tidy_sessions
from kefu.administration.actions.users import deactivate_user, reactivate_user
from kefu.foundation.api.actions import issue_token
from kefu.foundation.api.models import ApiToken
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Grant, LoginSession, Role, User

SECRET = "an honest 2026 phrase"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.47"


@pytest.fixture
def enter(cast, settings):
    """Open a browser, come in through the login page, and wait at the workbench."""
    settings.TEST_CLOCK = True

    def come_in(user: User, agent: str = WINDOWS, **more: str) -> Client:
        if not user.has_usable_password():
            user.set_password(SECRET)
            user.save(update_fields=["password"])
        browser = Client(headers={"X-Kefu-At": cast.at.isoformat(), "User-Agent": agent}, **more)
        assert browser.post("/login/", {"name": user.username, "password": SECRET}).status_code == 302
        return browser

    return come_in


def is_in(browser: Client) -> bool:
    return browser.get("/notices/").status_code == 200


def told(browser: Client) -> str:
    """Where the next click leads, and what stands there."""
    answer = browser.get("/notices/", follow=True)
    assert answer.redirect_chain == [("/login/?next=/notices/", 302)]
    return answer.content.decode()


def test_my_page_lists_device_address_and_time_and_ends_one_screen(cast, enter):
    desk = enter(cast.manager)
    phone = enter(cast.manager, WECHAT, REMOTE_ADDR="10.1.2.3")
    shown = desk.get("/account/").content.decode()
    assert "Chrome · Windows" in shown and "WeChat · Android" in shown and "127.0.0.1" in shown
    assert shown.count("就是这里") == 1
    lost = LoginSession.objects.get(device="WeChat · Android")
    assert (lost.user, lost.began_at, lost.ended_at) == (cast.manager, cast.at, None)

    assert desk.post(f"/account/sessions/{lost.pk}/ending/").status_code == 302

    assert "您在另一处结束了这里的登录" in told(phone)
    assert is_in(desk)
    lost.refresh_from_db()
    assert (lost.ended_at, lost.ended_why) == (cast.at, "elsewhere")
    assert not Session.objects.filter(session_key=lost.key).exists()
    assert "本人在另一处结束" in desk.get("/account/").content.decode()
    assert AuditEntry.objects.filter(code="administration.session.ended", by=cast.manager).count() == 1


def test_everywhere_else_ends_and_this_screen_goes_on_under_a_new_key(cast, enter):
    desk, other, third = enter(cast.manager), enter(cast.manager), enter(cast.manager)
    before = desk.cookies["sessionid"].value
    desk.post("/account/sessions/ending/")

    assert [is_in(desk), is_in(other), is_in(third)] == [True, False, False]
    assert desk.cookies["sessionid"].value != before
    open_rows = LoginSession.objects.filter(user=cast.manager, ended_at__isnull=True)
    assert [row.key for row in open_rows] == [desk.cookies["sessionid"].value]
    assert is_in(desk)


def test_nobody_ends_the_screen_of_a_colleague(cast, enter):
    desk, colleague = enter(cast.manager), enter(cast.manager2)
    theirs = LoginSession.objects.get(user=cast.manager2)
    assert desk.post(f"/account/sessions/{theirs.pk}/ending/").status_code == 404
    with pytest.raises(Forbidden):
        end_session(session=theirs, by=cast.manager, at=cast.at)
    assert is_in(colleague)


def test_last_use_is_kept_to_the_minute(cast, enter):
    desk = enter(cast.manager)
    for later, noted in ((30, 30), (80, 30), (90, 90), (120, 90), (150, 150)):
        moment = cast.at + timedelta(seconds=later)
        desk.get("/notices/", headers={"X-Kefu-At": moment.isoformat()})
        assert LoginSession.objects.get().last_seen_at == cast.at + timedelta(seconds=noted)


def test_behind_our_own_proxy_the_address_is_the_one_the_proxy_saw(cast, enter, settings):
    settings.PROXIES = 1
    enter(cast.manager, HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.7")
    assert LoginSession.objects.get().address == "203.0.113.7"
    settings.PROXIES = 0  # whoever comes directly may write into the header what he likes
    enter(cast.guide, HTTP_X_FORWARDED_FOR="203.0.113.8")
    assert LoginSession.objects.get(user=cast.guide).address == "127.0.0.1"


@pytest.mark.req("SEC-001", part="accounts")
def test_a_role_withdrawn_while_its_holder_works_ends_the_work_and_writes_nothing(cast, enter):
    desk = enter(cast.manager)
    form = {"name": "程望舒", "phone": "10000000088", "node": cast.bj.pk}
    assert desk.get("/customers/new/").status_code == 200
    end_grant(grant=Grant.objects.get(user=cast.manager), by=cast.admin, at=cast.at)
    written = AuditEntry.objects.count()

    answer = desk.post("/customers/new/", form, headers={"Referer": "http://testserver/customers/new/"}, follow=True)

    assert answer.redirect_chain == [("/login/?next=/customers/new/", 302)]
    assert "您的角色或权限刚有变动，请重新登录；没保存的内容没有写入。" in answer.content.decode()
    assert AuditEntry.objects.count() == written
    assert LoginSession.objects.get(user=cast.manager).ended_why == "role"
    assert desk.get("/notices/")["Location"] == "/login/?next=/notices/"  # said once is enough
    assert "权限刚有变动" not in desk.get("/login/").content.decode()


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(cast, enter):
    desk = enter(cast.manager)
    end_grant(grant=Grant.objects.get(user=cast.manager), by=cast.admin, at=cast.at)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/?q=a"}
    answer = desk.get("/customers/?q=ab", headers=headers)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login/?next=/customers/%3Fq%3Da")


def test_a_new_role_counts_after_a_new_login(cast, enter):
    desk = enter(cast.guide)
    role = Role.objects.get(code="branch_keeper")
    tomorrow = cast.at.date() + timedelta(days=1)
    grant_role(user=cast.guide, role=role, node=cast.sh, valid_from=tomorrow, by=cast.admin, at=cast.at)
    assert is_in(desk)  # it does not count yet
    grant_role(user=cast.guide, role=role, node=cast.bj, valid_from=cast.at.date(), by=cast.admin, at=cast.at)
    assert "您的角色或权限刚有变动" in told(desk)


def test_what_a_role_loses_its_holders_notice_and_what_it_gains_disturbs_nobody(cast, enter):
    manager, guide = enter(cast.manager), enter(cast.guide)
    role, function = Role.objects.get(code="health_manager"), Function.objects.get(code="report_review")
    set_cell(role=role, function=function, level=Level.ACT, by=cast.admin, at=cast.at)
    assert is_in(manager)
    set_cell(role=role, function=function, level=Level.VIEW, by=cast.admin, at=cast.at)
    assert "权限刚有变动" in told(manager)
    assert is_in(guide)


def test_a_session_nobody_noted_ends_as_well(cast, login):
    old = login(cast.manager)
    assert is_in(old)
    end_grant(grant=Grant.objects.get(user=cast.manager), by=cast.admin, at=cast.at)
    assert not is_in(old)


def test_a_closed_account_is_told_so_and_its_tokens_never_come_back(cast, enter):
    desk = enter(cast.manager)
    token = issue_token(user=cast.manager, name="表格", by=cast.admin, at=cast.at)
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/v1/directory/nodes").status_code == 200
    deactivate_user(user=cast.manager, reason="离职", by=cast.admin, at=cast.at)

    assert "这个账号已停用" in told(desk)
    reactivate_user(user=User.objects.get(pk=cast.manager.pk), reason="回来上班", by=cast.admin, at=cast.at)
    answer = program.get("/api/v1/directory/nodes")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_ended")
    assert AuditEntry.objects.get(code="api.token_revoked").reason == "closed"


def test_tokens_end_with_the_last_role_and_not_before(cast):
    keeper = Role.objects.get(code="branch_keeper")
    extra = grant_role(
        user=cast.manager, role=keeper, node=cast.bj, valid_from=date(2026, 1, 5), by=cast.admin, at=cast.at
    )
    issue_token(user=cast.manager, name="表格", by=cast.admin, at=cast.at)
    end_grant(grant=extra, by=cast.admin, at=cast.at)
    assert ApiToken.objects.get().revoked_at is None
    end_grant(grant=Grant.objects.get(user=cast.manager, role__code="health_manager"), by=cast.admin, at=cast.at)
    assert ApiToken.objects.get().revoked_at == cast.at


def test_a_role_that_ends_by_its_date_logs_its_holder_out_in_the_night(cast, enter):
    desk, colleague = enter(cast.manager), enter(cast.manager2)
    night = (cast.at + timedelta(days=1)).replace(hour=0, minute=5)
    Grant.objects.filter(user=cast.manager).update(valid_to=night.date())

    assert follow_dated_grants(by=cast.system, at=night) == 1
    assert "您的角色或权限刚有变动" in told(desk)
    assert is_in(colleague)
    assert follow_dated_grants(by=cast.system, at=night + timedelta(minutes=1)) == 0


def test_the_administrator_logs_somebody_out_with_a_reason(cast, enter):
    lost = enter(cast.manager, WECHAT)
    admin = enter(cast.admin)
    address = f"/users/{cast.manager.pk}/sessions/ending/"
    assert "WeChat · Android" in admin.get(f"/users/{cast.manager.pk}/").content.decode()
    admin.post(address, {"reason": " "})
    assert is_in(lost)
    admin.post(address, {"reason": "手机丢了"})
    assert "管理员结束了您的登录" in told(lost)
    row = AuditEntry.objects.get(code="administration.session.ended")
    assert (row.by, row.subject_id, row.reason, row.changes["open"]) == (
        cast.admin,
        cast.manager.pk,
        "手机丢了",
        [1, 0],
    )


def test_leaving_and_locking_close_the_note(cast, enter):
    desk = enter(cast.manager)
    desk.post("/lock/", {"next": "/"})
    desk.post("/lock/", {"password": SECRET})
    desk.post("/logout/")
    rows = LoginSession.objects.filter(user=cast.manager).order_by("pk")
    assert [row.ended_why for row in rows] == ["locked", "left"]
    assert "已经自动退出" not in told(desk)


def test_what_a_browser_let_expire_says_so_and_old_notes_are_forgotten(cast, enter):
    desk = enter(cast.manager)
    Session.objects.update(expire_date=Session.objects.get().expire_date - timedelta(days=2))
    assert "太久没用，已经自动退出" in told(desk)
    assert tidy_sessions(at=cast.at) == 0
    row = LoginSession.objects.get()
    assert (row.ended_why, row.ended_at) == ("expired", cast.at)
    assert tidy_sessions(at=cast.at + timedelta(days=91)) == 1
    assert not LoginSession.objects.exists()
