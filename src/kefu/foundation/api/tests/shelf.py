"""A small API over rooms of the organisation, with every kind of route the modules will have."""

from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.urls import path
from ninja import Query, Router, Status

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.routers import make_api
from kefu.foundation.api.schemas import (
    Count,
    Day,
    Flag,
    Ident,
    In,
    Line,
    Moment,
    Money,
    Nothing,
    Out,
    Phone,
    Search,
    Switch,
)
from kefu.kernel.errors import Forbidden, OutOfScope, Refused
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, Room

router = Router(tags=["rooms"])


class RoomIn(In):
    """A room to be."""

    code: Ident
    name: Line
    node: Ident
    price: Money = Decimal(0)


class RoomOut(Out):
    """A room."""

    id: str
    code: str
    name: str


class Everything(In):
    """One field of each type."""

    line: Line | None = None
    phone: Phone | None = None
    money: Money | None = None
    day: Day | None = None
    moment: Moment | None = None
    count: Count | None = None
    flag: Flag | None = None
    lines: list[Ident] | None = None


class EverythingOut(Out):
    """The same, answered."""

    line: str | None
    phone: str | None
    money: Money | None
    day: date | None
    moment: Moment | None
    count: int | None
    flag: bool | None
    lines: list[str] | None


class RoomFilter(Page):
    """What rooms to list."""

    q: Search = ""
    newest: Switch = False
    since: Day | None = None


def show(room: Room) -> dict[str, str]:
    """A room as answered."""
    return {"id": ident("roo", room.pk), "code": room.code, "name": room.zh}


@router.post("rooms", response={201: RoomOut, **RESPONSES}, operation_id="rooms_create")
def create_room(request: ApiRequest, body: RoomIn) -> Status[object]:
    """Refuses the kitchen, after having written it."""
    node = reference(Node.objects.all(), body.node, "nod", "code", field="node")
    room = Room.objects.create(code=body.code, zh=body.name, node=node, kind="consulting")
    if body.name == "厨房":
        raise Refused("no_kitchen", "厨房不能接诊。", {"alternatives": [datetime(2026, 11, 23, 9)], "status": 200})
    return Status(201, show(room))


@router.get("rooms", response={200: Listing[RoomOut], **RESPONSES}, operation_id="rooms_list")
def list_rooms(request: ApiRequest, query: Query[RoomFilter]) -> dict[str, object]:
    """By kind, then newest."""
    rooms = Room.objects.filter(zh__contains=query.q) if query.q else Room.objects.all()
    return listing(rooms, query, order=("kind", "-id") if query.newest else ("kind", "id"), show=show)


@router.get("rooms/{room_id}", response={200: RoomOut, **RESPONSES}, operation_id="rooms_get")
def get_room(request: ApiRequest, room_id: str) -> dict[str, str]:
    """One room."""
    return show(reference(Room.objects.all(), room_id, "roo"))


@router.post("rooms/{room_id}/closure", response={200: RoomOut, **RESPONSES}, operation_id="rooms_close")
def close_room(request: ApiRequest, room_id: str, body: Nothing) -> dict[str, str]:
    """Nobody may; rooms of other centres do not exist."""
    room = reference(Room.objects.all(), room_id, "roo")
    if room.node.code == "SH":
        raise OutOfScope()
    raise Forbidden("no_right", "您不能关闭诊室。")


@router.post("echo", response={200: EverythingOut, **RESPONSES}, operation_id="echo")
def echo(request: ApiRequest, body: Everything) -> dict[str, object]:
    """What came."""
    return body.dict()


@router.post("broken/{how}", response={200: RoomOut, **RESPONSES}, operation_id="broken", include_in_schema=False)
def broken(request: ApiRequest, how: str, body: Nothing) -> dict[str, str]:
    """What the database may say."""
    hq = Node.objects.get(code="HQ")
    if how == "conflict":
        Room.objects.create(code="TWICE", zh="一", node=hq, kind="x")
        Room.objects.create(code="TWICE", zh="二", node=hq, kind="x")
    if how == "late":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO organisation_room (code, zh, en, kind, node_id) VALUES ('L', 'l', '', 'x', 999999)"
            )
        transaction.on_commit(lambda: None)
    if how == "data":
        Room.objects.create(code="C" * 21, zh="一", node=hq, kind="x")
    return {"id": "roo_1", "code": "", "name": ""}


api = make_api([router])
urlpatterns = [path("api/v1/", api.urls)]

from kefu.foundation.api.urls import urlpatterns as others  # noqa: E402  after the API, as config mounts it

urlpatterns += others
