"""The administrator edits the matrix; it counts at once and is written down."""

from datetime import date

import pytest

from kefu.administration.actions.roles import end_grant, grant_role, set_cell
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Needed, Permission, grants
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Grant, Role, RoleCell, User


class StoryPermission(Permission):
    """A right of the shipped matrix that service staff do not have."""

    READ_REPORT = "story:report:read"


grants({StoryPermission.READ_REPORT: ("report_read", Needed.VIEW)})


def fresh(user: User) -> User:
    """The person as the next request meets him or her."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def service_role(cast) -> Role:
    return Role.objects.get(code="service_agent")


@pytest.fixture
def report_read(cast) -> Function:
    return Function.objects.get(code="report_read")


@pytest.mark.req("ORG-001", part="editable matrix")
def test_a_cell_changes_what_a_role_may_do_at_once(cast, service_role, report_read):
    assert not allowed(cast.service, StoryPermission.READ_REPORT)

    set_cell(role=service_role, function=report_read, level=Level.VIEW, by=cast.admin, at=cast.at)
    assert allowed(fresh(cast.service), StoryPermission.READ_REPORT)
    row = AuditEntry.objects.get(code="administration.role.cell_set")
    assert (row.by, row.at) == (cast.admin, cast.at)
    assert row.changes == {
        "role": ["service_agent", "service_agent"], "function": ["report_read", "report_read"], "level": ["none", "view"],
    }  # fmt: skip

    set_cell(role=service_role, function=report_read, level=Level.NONE, by=cast.admin, at=cast.at)
    assert not allowed(fresh(cast.service), StoryPermission.READ_REPORT)
    assert not RoleCell.objects.filter(role=service_role, function=report_read).exists()


@pytest.mark.req("ORG-001", part="editable matrix")
def test_the_page_asks_how_many_people_change_before_it_saves(cast, login):
    page = login(cast.admin)
    address = "/roles/health_manager/cells/report_review/"
    shown = page.get("/roles/?module=lab").content.decode()
    assert "电子报告审核" in shown and "健康管理师" in shown

    asked = page.get(address, {"level": "3"}, headers={"HX-Request": "true"}).content.decode()
    assert "无 → 可办" in asked and "3 人马上跟着变: " in asked
    assert not RoleCell.objects.filter(role__code="health_manager", function__code="report_review").exists()

    saved = page.post(address, {"level": "3"}, headers={"HX-Request": "true"})
    assert saved.status_code == 200 and '<option value="3" selected>可办</option>' in saved.content.decode()
    assert RoleCell.objects.get(role__code="health_manager", function__code="report_review").level == Level.ACT
    assert page.get(address, {"level": "9"}).status_code == 200  # no such level: the cell as it is


def test_others_neither_see_nor_change_the_matrix(cast, login, service_role, report_read):
    with pytest.raises(Forbidden):
        set_cell(role=service_role, function=report_read, level=Level.ACT, by=cast.director, at=cast.at)
    page = login(cast.director)
    assert page.get("/roles/").status_code == 403
    assert page.post("/roles/service_agent/cells/report_read/", {"level": "3"}).status_code == 403
    assert AuditEntry.objects.filter(code="administration.role.cell_set").count() == 0


def test_the_matrix_can_not_lock_everybody_out(cast):
    role, function = Role.objects.get(code="admin"), Function.objects.get(code="role_admin")
    with pytest.raises(Refused) as caught:
        set_cell(role=role, function=function, level=Level.VIEW, by=cast.admin, at=cast.at)
    assert caught.value.code == "last_administrator"
    assert RoleCell.objects.get(role=role, function=function).level == Level.ACT


def test_a_role_is_given_and_taken_back(cast):
    role = Role.objects.get(code="branch_keeper")
    grant = grant_role(user=cast.guide, role=role, node=cast.bj, valid_from=date(2026, 1, 5), by=cast.admin, at=cast.at)
    assert access_of(fresh(cast.guide)).roles == {"guide", "branch_keeper"}
    with pytest.raises(Refused):
        grant_role(user=cast.guide, role=role, node=cast.bj, valid_from=date(2026, 6, 1), by=cast.admin, at=cast.at)
    with pytest.raises(Invalid):
        end_grant(grant=grant, on=date(2026, 11, 22), by=cast.admin, at=cast.at)

    end_grant(grant=grant, by=cast.admin, at=cast.at)
    grant.refresh_from_db()
    assert grant.valid_to == date(2026, 11, 23)
    assert AuditEntry.objects.get(code="administration.role.ended").changes["valid_to"] == [None, "2026-11-23"]

    later = grant_role(
        user=cast.guide, role=role, node=cast.bj, valid_from=date(2026, 12, 1), by=cast.admin, at=cast.at
    )
    end_grant(grant=later, by=cast.admin, at=cast.at)
    assert not Grant.objects.filter(pk=later.pk).exists()  # it had not begun


def test_a_temporary_role_ends_by_itself(cast):
    role = Role.objects.get(code="branch_keeper")
    first, last = date(2026, 1, 5), date(2026, 2, 1)
    with pytest.raises(Invalid):
        grant_role(user=cast.guide, role=role, node=cast.bj, valid_from=last, valid_to=first, by=cast.admin, at=cast.at)
    grant_role(user=cast.guide, role=role, node=cast.bj, valid_from=first, valid_to=last, by=cast.admin, at=cast.at)
    assert access_of(fresh(cast.guide)).roles == {"guide"}


def test_the_last_administrator_keeps_the_role(cast):
    with pytest.raises(Refused):
        end_grant(grant=Grant.objects.get(user=cast.admin), by=cast.admin, at=cast.at)


def test_roles_are_given_on_the_page_of_the_person(cast, login):
    page = login(cast.admin)
    role = Role.objects.get(code="branch_keeper")
    form = {"role": role.pk, "node": cast.bj.pk, "valid_from": "2026-01-05", "valid_to": ""}
    assert page.post(f"/users/{cast.guide.pk}/grants/", form).status_code == 302
    assert page.post(f"/users/{cast.guide.pk}/grants/", form).status_code == 409
    grant = Grant.objects.get(user=cast.guide, role=role)
    assert "分中心库管" in page.get(f"/users/{cast.guide.pk}/").content.decode()
    assert page.post(f"/users/{cast.guide.pk}/grants/{grant.pk}/end/", {"on": "2026-12-01"}).status_code == 302
    grant.refresh_from_db()
    assert grant.valid_to == date(2026, 12, 1)
