"""Whatever goes wrong, a program reads one body, and nothing half done stays behind."""

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.ids import ident
from kefu.organisation.models import Room

pytestmark = pytest.mark.urls("kefu.foundation.api.tests.shelf")

ROOM = {"code": "R9", "name": "九诊室", "node": "BJ"}


def problem_of(answer):
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == "about:blank"
    assert body["status"] == answer.status_code
    return body


def test_a_room_is_made_by_code_of_its_node(program, cast):
    answer = program(cast.manager).post("rooms", ROOM)
    room = Room.objects.get(code="R9")
    assert answer.status_code == 201
    assert answer.json() == {"id": ident("roo", room.pk), "code": "R9", "name": "九诊室"}
    assert room.node == cast.bj


def test_a_reference_may_be_an_id(program, cast):
    program(cast.manager).post("rooms", ROOM | {"node": ident("nod", cast.sh.pk)})
    assert Room.objects.get(code="R9").node == cast.sh


def test_each_wrong_field_is_named_with_its_reason(program, cast):
    answer = program(cast.manager).post("rooms", {"name": " ", "node": "BJ", "price": 1.5, "colour": "red"})
    body = problem_of(answer)
    assert answer.status_code == 422
    assert (body["title"], body["code"]) == ("有内容需要改正。", "invalid")
    assert body["errors"] == [
        {"field": "code", "code": "required", "message": "必填。"},
        {"field": "name", "code": "format", "message": "写法不对。"},
        {"field": "price", "code": "money", "message": '金额请写成文本，最多两位小数，例如 "128.00"。'},
        {"field": "colour", "code": "unknown_field", "message": "没有这个字段。"},
    ]
    assert set(body) == {"type", "title", "status", "code", "errors"}
    assert not AuditEntry.objects.filter(kind="refused").exists()


def test_an_unknown_reference_in_a_body_names_its_field(program, cast):
    body = problem_of(program(cast.manager).post("rooms", ROOM | {"node": "GZ"}))
    assert (body["status"], body["code"]) == (404, "out_of_scope")
    assert body["errors"] == [{"field": "node", "code": "unknown", "message": "没有找到“GZ”，请核对编码。"}]


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b'{"count": NaN}', b"[" * 100_000, b'{"count": 1' + b"0" * 5000 + b"}"]
)
def test_a_body_that_is_no_json_is_400(program, cast, content):
    body = problem_of(program(cast.manager).post("echo", content))
    assert (body["status"], body["code"], body["errors"]) == (400, "unreadable", [])


@pytest.mark.parametrize("content", [b"[]", b'"x"', b"null", b"7"])
def test_json_that_is_no_object_is_422(program, cast, content):
    body = problem_of(program(cast.manager).post("echo", content))
    assert (body["status"], body["code"]) == (422, "invalid")
    assert [error["field"] for error in body["errors"]] == ["body"]


def test_a_refusal_carries_what_helps_and_leaves_only_its_audit_row(program, cast):
    before = Room.objects.count()
    body = problem_of(program(cast.manager).post("rooms", ROOM | {"name": "厨房"}))
    assert body == {
        "type": "about:blank",
        "title": "厨房不能接诊。",
        "status": 409,
        "code": "no_kitchen",
        "errors": [],
        "alternatives": ["2026-11-23T09:00:00"],
    }
    assert Room.objects.count() == before
    row = AuditEntry.objects.get(kind="refused")
    assert (row.code, row.by, row.reason, row.at) == ("api.no_kitchen", cast.manager, "POST /api/v1/rooms", cast.at)


def test_no_right_is_403_and_out_of_scope_is_404_both_audited(program, cast):
    here = Room.objects.get(code="BJ-R1")
    there = Room.objects.create(code="SH-R1", zh="一诊室", node=cast.sh, kind="x")
    caller = program(cast.doctor)
    refused = problem_of(caller.post(f"rooms/{ident('roo', here.pk)}/closure"))
    assert (refused["status"], refused["code"], refused["title"]) == (403, "no_right", "您不能关闭诊室。")
    hidden = problem_of(caller.post(f"rooms/{ident('roo', there.pk)}/closure"))
    missing = problem_of(caller.post("rooms/roo_999999/closure"))
    assert hidden == missing, "what may not be seen answers as if it did not exist"
    codes = AuditEntry.objects.filter(kind="refused").order_by("id").values_list("code", flat=True)
    assert list(codes) == ["api.no_right", "api.out_of_scope", "api.out_of_scope"]


@pytest.mark.parametrize("room_id", ["1", "roo_01", "roo_", "cus_1", "roo_99999999999999999999", "%00", "roo_１"])
def test_an_id_is_opaque_and_has_one_spelling(program, cast, room_id):
    assert problem_of(program(cast.doctor).get(f"rooms/{room_id}"))["status"] == 404


@pytest.mark.parametrize(
    ("how", "status", "code"), [("conflict", 409, "conflict"), ("data", 422, "not_storable"), ("late", 409, "conflict")]
)
@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_answered_and_rolled_back(program, cast, how, status, code):
    body = problem_of(program(cast.doctor).post(f"broken/{how}"))
    assert (body["status"], body["code"]) == (status, code)
    assert list(Room.objects.values_list("code", flat=True)) == ["BJ-R1"]


def test_addresses_that_do_not_exist_are_problems_too(program, cast):
    assert problem_of(program(cast.doctor).get("nowhere"))["status"] == 404
    assert problem_of(program().get("rooms/"))["status"] == 404


def test_messages_are_in_the_callers_language(program, cast):
    cast.doctor.language = "en"
    cast.doctor.save()
    answer = program(cast.doctor).get("rooms/roo_999")
    assert answer.status_code == 404
    assert (
        program(cast.manager).get("rooms/roo_999", **{"Accept-Language": "en"}).json()["title"]
        == "没有找到，或不在您的范围内。"
    )
