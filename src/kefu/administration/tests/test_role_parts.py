"""Roles that contain roles: rights, turns and recipients come with the whole, where the whole was given."""

import pytest

from kefu.administration.actions.role_parts import include_role, take_role_out
from kefu.administration.actions.roles import set_cell
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import access_of, colleagues_with
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Refused
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Role, RolePart, User
from kefu.stock.permissions import StockPermission


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.req("ORG-001", part="editable matrix")
def test_the_whole_may_do_what_its_parts_may_where_the_whole_was_given(cast):
    assert not allowed(cast.manager, StockPermission.BRANCH_KEEP)
    include_role(role=role("health_manager"), part=role("branch_keeper"), by=cast.admin, at=cast.at)
    include_role(role=role("guide"), part=role("health_manager"), by=cast.admin, at=cast.at)
    for person in (cast.manager, cast.guide):
        rights = access_of(fresh(person))
        assert rights.may_in(StockPermission.BRANCH_KEEP, cast.bj.pk) and rights.has_role("branch_keeper", cast.bj.pk)
        assert not rights.may_in(StockPermission.BRANCH_KEEP, cast.sh.pk) and not rights.has_role(
            "branch_keeper", cast.sh.pk
        )
    assert {cast.manager, cast.guide, cast.keeper} <= set(colleagues_with("branch_keeper", cast.bj.pk))
    row = AuditEntry.objects.filter(code="administration.role.included").earliest("pk")
    assert row.changes == {"role": ["health_manager", "health_manager"], "part": [None, "branch_keeper"]}

    take_role_out(role=role("health_manager"), part=role("branch_keeper"), by=cast.admin, at=cast.at)
    for person in (cast.manager, cast.guide):
        assert not allowed(fresh(person), StockPermission.BRANCH_KEEP)
    assert allowed(fresh(cast.keeper), StockPermission.BRANCH_KEEP)


def test_no_role_contains_itself_in_a_circle(cast):
    include_role(role=role("health_manager"), part=role("branch_keeper"), by=cast.admin, at=cast.at)
    include_role(role=role("guide"), part=role("health_manager"), by=cast.admin, at=cast.at)
    for whole, part in (("guide", "guide"), ("branch_keeper", "guide"), ("health_manager", "guide")):
        with pytest.raises(Refused) as caught:
            include_role(role=role(whole), part=role(part), by=cast.admin, at=cast.at)
        assert caught.value.code == "circle"
    assert RolePart.objects.count() == 2


def test_a_part_taken_out_logs_its_holders_out_and_never_the_last_administrator(cast, login):
    include_role(role=role("centre_director"), part=role("admin"), by=cast.admin, at=cast.at)
    page = login(fresh(cast.director))
    assert page.get("/roles/").status_code == 200
    set_cell(
        role=role("centre_director"),
        function=Function.objects.get(code="role_admin"),
        level=Level.NONE,
        by=cast.admin,
        at=cast.at,
    )
    assert page.get("/roles/").status_code == 200
    take_role_out(role=role("centre_director"), part=role("admin"), by=cast.admin, at=cast.at)
    assert page.get("/roles/").status_code == 302
    with pytest.raises(Forbidden):
        include_role(role=role("centre_director"), part=role("admin"), by=cast.director, at=cast.at)


def test_the_page_shows_the_effect_before_it_is_saved(cast, login):
    page = login(cast.admin)
    shown = page.get("/roles/health_manager/").content.decode()
    assert "还什么也不能办" not in shown and "看会多出什么" in shown
    asked = page.get("/roles/health_manager/", {"part": "branch_keeper"}).content.decode()
    assert "健康管理师 + 分中心库管" in asked or "健康管理师 + " in asked
    assert "3 人马上跟着变" in asked and "可办</li>" in asked
    assert not RolePart.objects.exists()
    assert page.post("/roles/health_manager/parts/", {"part": "branch_keeper"}).status_code == 302
    assert RolePart.objects.get().part.code == "branch_keeper"
    matrix = page.get("/roles/?module=stock").content.decode()
    assert f"+ {role('branch_keeper').label}" in matrix
    assert page.post("/roles/health_manager/parts/branch_keeper/end/").status_code == 302
    assert not RolePart.objects.exists()
    assert page.post("/roles/health_manager/parts/", {"part": "none"}).status_code == 404
