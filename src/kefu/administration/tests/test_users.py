"""Accounts are opened with the signed undertaking and closed with a reason."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kefu.administration.actions.logins import try_login
from kefu.administration.actions.users import change_user, create_user, deactivate_user, reactivate_user
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import StandIn, User

NEW = {"username": "qin", "job_number": "4003", "name": "秦示和"}
SIGNED = date(2026, 11, 20)


def faults(caught) -> dict[str, str]:
    return {error.field: error.code for error in caught.value.errors}


@pytest.mark.req("SEC-001", part="undertaking")
def test_no_account_before_the_undertaking_is_signed(cast):
    with pytest.raises(Invalid) as caught:
        create_user(**NEW, node=cast.bj, undertaking_signed_on=None, by=cast.admin, at=cast.at)
    assert faults(caught) == {"undertaking_signed_on": "undertaking_missing"}
    with pytest.raises(Invalid) as caught:
        create_user(**NEW, node=cast.bj, undertaking_signed_on=date(2026, 11, 24), by=cast.admin, at=cast.at)
    assert faults(caught) == {"undertaking_signed_on": "to_come"}
    with pytest.raises(IntegrityError), transaction.atomic():  # no other way in, either
        User.objects.create(username="back-door", job_number="9999", name="某人", node=cast.bj)
    assert not User.objects.filter(job_number__in=["4003", "9999"]).exists()

    opened = create_user(**NEW, node=cast.bj, undertaking_signed_on=SIGNED, by=cast.admin, at=cast.at)

    assert opened.user.undertaking_signed_on == SIGNED
    assert try_login(name="4003", password=opened.password, at=cast.at).user == opened.user
    row = AuditEntry.objects.get(code="administration.user.created")
    assert row.changes["undertaking_signed_on"] == [None, "2026-11-20"]
    assert opened.password not in str(row.changes)


@pytest.mark.req("SEC-001", part="undertaking")
def test_the_page_says_what_is_missing_and_keeps_the_rest(cast, login):
    page = login(cast.admin)
    form = NEW | {"node": cast.bj.pk, "undertaking_signed_on": ""}

    refused = page.post("/users/new/", form)
    assert refused.status_code == 422
    assert "没有登记保密协议，不能开通账号" in refused.content.decode()
    assert 'value="秦示和"' in refused.content.decode()

    opened = page.post("/users/new/", form | {"undertaking_signed_on": "2026-11-20"})
    assert "秦示和的临时密码" in opened.content.decode() and "data-temporary-password" in opened.content.decode()
    user = User.objects.get(job_number="4003")
    assert user.must_change_password and (user.pinyin, user.initials) == ("qinshihe", "qsh")
    assert "data-temporary-password" not in page.get(f"/users/{user.pk}/").content.decode()


def test_names_and_numbers_belong_to_one_person(cast):
    with pytest.raises(Invalid) as caught:
        create_user(
            username="Manager", job_number="2004", name="", node=cast.bj, undertaking_signed_on=SIGNED, by=cast.admin, at=cast.at
        )  # fmt: skip
    assert faults(caught) == {"name": "required", "username": "taken", "job_number": "taken"}
    with pytest.raises(Invalid) as caught:  # a login name that is a colleague's job number
        change_user(user=cast.guide, changes={"username": "2004"}, by=cast.admin, at=cast.at)
    assert faults(caught) == {"username": "taken"}


def test_a_phone_number_is_changed_without_being_written_into_the_trail(cast):
    change_user(user=cast.guide, changes={"phone": "10000000077", "node": cast.sh}, by=cast.admin, at=cast.at)
    row = AuditEntry.objects.get(code="administration.user.changed")
    assert row.changes["phone"] == ["***", "***"]
    assert row.changes["node"] == ["北京朝阳中心", "上海徐汇中心"]


def test_closing_an_account_ends_everything_at_once(cast, login, settings):
    page = login(cast.manager)
    token = issue_token(user=cast.manager, name="表格", by=cast.manager, at=cast.at)
    StandIn.objects.create(
        absent=cast.manager,
        substitute=cast.manager2,
        starts_at=cast.at,
        ends_at=cast.at.replace(hour=18),
        reason="外出",
    )
    program = Client(headers={"Authorization": f"Bearer {token}"})
    assert (page.get("/notices/").status_code, program.get("/api/v1/directory/nodes").status_code) == (200, 200)

    with pytest.raises(Invalid):
        deactivate_user(user=cast.manager, reason="", by=cast.admin, at=cast.at)
    login(cast.admin).post(f"/users/{cast.manager.pk}/closure/", {"reason": "离职"})

    assert (page.get("/notices/").status_code, program.get("/api/v1/directory/nodes").status_code) == (302, 401)
    assert StandIn.objects.get().ended_at == cast.at
    assert AuditEntry.objects.get(code="administration.user.deactivated").reason == "离职"
    reactivate_user(user=User.objects.get(pk=cast.manager.pk), reason="回来上班", by=cast.admin, at=cast.at)
    assert User.objects.get(pk=cast.manager.pk).is_active


def test_somebody_can_always_grant_roles(cast):
    with pytest.raises(Refused) as caught:
        deactivate_user(user=cast.admin, reason="离职", by=cast.system, at=cast.at)
    assert caught.value.code == "last_administrator"
    with pytest.raises(Refused):
        deactivate_user(user=cast.admin, reason="离职", by=cast.admin, at=cast.at)
    with pytest.raises(Refused):
        deactivate_user(user=cast.lab_system, reason="停用", by=cast.admin, at=cast.at)
    assert User.objects.get(pk=cast.admin.pk).is_active


def test_only_the_staff_office_opens_accounts(cast, login):
    with pytest.raises(Forbidden):
        create_user(**NEW, node=cast.bj, undertaking_signed_on=SIGNED, by=cast.director, at=cast.at)
    assert login(cast.director).get("/users/").status_code == 403
    shown = login(cast.admin).get("/users/?q=2004").content.decode()
    assert "何示文" in shown and "何示宁" not in shown


@pytest.mark.req("ORG-011")
@pytest.mark.parametrize("number", ["", " ", "2004"])
def test_every_employee_has_a_job_number_of_ones_own(cast, number):
    with pytest.raises(Invalid) as caught:
        create_user(
            **NEW | {"job_number": number}, node=cast.bj, undertaking_signed_on=SIGNED, by=cast.admin, at=cast.at
        )
    assert list(faults(caught)) == ["job_number"]
    assert User.objects.filter(job_number="2004").get() == cast.manager
