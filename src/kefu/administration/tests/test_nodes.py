"""The tree of places grows and shrinks without circles or orphans."""

import pytest
from django.test import Client

from kefu.administration.actions.nodes import change_node, close_node, create_node, create_room
from kefu.foundation.api.actions import issue_token
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import Node, Room


@pytest.fixture(autouse=True)
def calendars(cast):
    load_calendars(by=cast.system, at=cast.at)


def codes(caught) -> dict[str, str]:
    return {error.field: error.code for error in caught.value.errors}


@pytest.mark.req("ORG-009")
def test_a_new_centre_hangs_below_head_office(cast, login):
    page = login(cast.admin)
    form = {"code": "GZ", "zh": "广州天河中心", "kind": "centre", "parent": cast.hq.pk, "calendar_code": "centre"}
    assert page.post("/nodes/new/", form | {"code": "广州"}).status_code == 422
    assert page.post("/nodes/new/", form).status_code == 302
    node = Node.objects.get(code="GZ")
    assert node.parent == cast.hq
    shown = page.get("/nodes/").content.decode()
    assert "广州天河中心" in shown and "直营分中心" in shown
    assert AuditEntry.objects.get(code="administration.node.created").node_id == node.pk


def test_the_tree_has_no_circles(cast):
    office = create_node(code="TJ", zh="天津办事处", kind="office", parent=cast.bj, by=cast.admin, at=cast.at)
    for parent in (cast.bj, office):
        with pytest.raises(Invalid) as caught:
            change_node(node=Node.objects.get(code="BJ"), changes={"parent": parent}, by=cast.admin, at=cast.at)
        assert codes(caught) == {"parent": "circle"}
    with pytest.raises(Invalid) as caught:
        create_node(code="BJ", zh="", kind="castle", parent=cast.hq, calendar_code="moon", by=cast.admin, at=cast.at)
    assert codes(caught) == {"code": "taken", "zh": "required", "kind": "unknown", "calendar_code": "unknown"}
    with pytest.raises(Invalid) as caught:
        change_node(node=Node.objects.get(code="BJ"), changes={"parent": None}, by=cast.admin, at=cast.at)
    assert codes(caught) == {"parent": "required"}


def test_a_place_is_closed_when_it_is_empty(cast):
    office = create_node(code="TJ", zh="天津办事处", kind="office", parent=cast.bj, by=cast.admin, at=cast.at)
    for node, code in ((cast.hq, "head_office"), (cast.bj, "has_children"), (cast.sh, "has_people")):
        with pytest.raises(Refused) as caught:
            close_node(node=node, reason="合并", by=cast.admin, at=cast.at)
        assert caught.value.code == code
    with pytest.raises(Invalid):
        close_node(node=office, reason="", by=cast.admin, at=cast.at)

    close_node(node=office, reason="合并", by=cast.admin, at=cast.at)
    assert Node.objects.get(code="TJ").closed_on == cast.at.date()
    with pytest.raises(Invalid):
        create_node(code="TJ2", zh="分部", kind="office", parent=office, by=cast.admin, at=cast.at)


def test_rooms_and_changes_on_the_page_of_a_place(cast, login):
    page = login(cast.admin)
    room = {"code": "BJ-R2", "zh": "二诊室", "en": "", "kind": "consulting"}
    assert page.post(f"/nodes/{cast.bj.pk}/rooms/", room).status_code == 302
    assert page.post(f"/nodes/{cast.bj.pk}/rooms/", room).status_code == 422
    assert Room.objects.filter(node=cast.bj).count() == 2
    with pytest.raises(Forbidden):
        create_room(node=cast.bj, code="BJ-R3", zh="三诊室", kind="consulting", by=cast.director, at=cast.at)

    form = {
        "zh": "北京国贸中心",
        "kind": "centre",
        "parent": cast.hq.pk,
        "calendar_code": "centre_sat",
        "phone": "",
        "en": "",
    }
    assert page.post(f"/nodes/{cast.bj.pk}/", form | {"address": "国贸"}).status_code == 302
    bj = Node.objects.get(code="BJ")
    assert (bj.zh, bj.calendar_code, bj.address) == ("北京国贸中心", "centre_sat", "国贸")
    assert page.post(f"/nodes/{cast.bj.pk}/closure/", {"reason": "搬迁"}).status_code == 302
    assert Node.objects.get(code="BJ").closed_on is None  # people still belong to it


def test_programs_read_the_places_that_are_open(cast, settings):
    Node.objects.filter(code="SH").update(closed_on="2026-11-01")
    token = issue_token(user=cast.manager, name="目录", by=cast.manager, at=cast.at)
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/directory/nodes").json()
    assert answer["items"] == [
        {"id": f"nod_{cast.bj.pk}", "code": "BJ", "name": "北京朝阳中心", "kind": "centre"},
        {"id": f"nod_{cast.hq.pk}", "code": "HQ", "name": "总部", "kind": "head_office"},
    ]
