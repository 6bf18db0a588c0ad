"""An import of consulting rooms, and files as people make them."""

import io

import pytest
from openpyxl import Workbook

from kefu.foundation.audit.trail import action, record
from kefu.foundation.exchange import cells, running, specs, taking
from kefu.foundation.exchange.choices import Did
from kefu.foundation.exchange.specs import Column, ImportSpec, Outcome
from kefu.foundation.exchange.views import finding
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import Node, Room

COLUMNS = (
    Column("编码", "code", ("room code", "代码"), required=True, parse=cells.text(20), hint="例如 BJ-R1"),
    Column("名称", "name", ("name",), required=True, parse=cells.text(30)),
    Column("分中心编码", "node", ("node", "所属机构"), parse=cells.text(20)),
    Column("用途", "kind", ("kind",), parse=cells.choice({"问诊": "consulting", "采样": "sampling"})),
    Column("启用日期", "since", ("since",), parse=cells.day),
    Column("租金", "rent", ("rent",), parse=cells.amount),
)


@action
def open_room(*, code, name, node, kind, by, at):
    """Refuses a code in use and the kitchen."""
    if name == "厨房":
        raise Refused("no_kitchen", "厨房不能接诊。")
    place = Node.objects.filter(code=node).first()
    if place is None:
        raise Invalid.one("node", "unknown", f"没有分中心 {node}。")
    if Room.objects.filter(code=code).exists():
        raise Invalid.one("code", "in_use", f"编码 {code} 已经有了。")
    room = Room.objects.create(code=code, zh=name, node=place, kind=kind)
    record("tests.room_opened", by=by, at=at)
    return room


@action
def close_room(*, room, by, at, reason):
    """Refuses the room called in use."""
    if room.zh == "在用":
        raise Refused("in_use", "诊室已经有预约。")
    room.delete()
    record("tests.room_closed", by=by, at=at, reason=reason)


def take_room(row, context):
    found = Room.objects.filter(code=row.values["code"]).first()
    if found and context.update:
        same = found.zh == row.values["name"]
        found.zh = row.values["name"]
        found.save()
        record("tests.room_renamed", by=context.by, at=context.at)
        return Outcome(Did.UNCHANGED if same else Did.UPDATED, found.pk)
    values = {name: row.values[name] for name in ("code", "name", "kind", "node")}
    values |= {"kind": values["kind"] or "consulting", "node": values["node"] or "BJ"}
    return Outcome(Did.CREATED, open_room(**values, by=context.by, at=context.at).pk)


def authorise(user):
    if user.username not in ("manager", "manager2"):
        raise Forbidden("no_right", "您的岗位不能导入诊室。")


@pytest.fixture
def spec(cast, monkeypatch):
    monkeypatch.setattr(specs, "_specs", {})
    return specs.register(
        ImportSpec(
            code="rooms",
            title="诊室",
            columns=COLUMNS,
            row=take_room,
            authorise=authorise,
            subject_kind="organisation.room",
            updatable=True,
            undo=lambda subject_id, *, reason, by, at: close_room(
                room=Room.objects.get(pk=subject_id), by=by, at=at, reason=reason
            ),
        )
    )


@pytest.fixture
def bring(spec, cast):
    """Import a file here and now."""

    def go(content, mode="dry", **more):
        given = {"spec": spec, "name": "诊室.xlsx", "by": cast.manager, "at": cast.at}
        return running.import_file(content=content, mode=mode, **given | more)

    return go


@pytest.fixture
def small_portions(monkeypatch):
    """Ten rows make a file long."""
    monkeypatch.setattr(taking, "CHUNK", 10)
    monkeypatch.setattr(finding, "INLINE", 10)


def xlsx(*rows, merged=()):
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    for area in merged:
        page.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEAD = ["编码", "名称", "分中心编码"]


def codes():
    return sorted(Room.objects.exclude(code="BJ-R1").values_list("code", flat=True))
