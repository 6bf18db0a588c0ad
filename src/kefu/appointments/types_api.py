"""Types of visits over the API (APT-015)."""

from __future__ import annotations

from django.db.models import QuerySet
from ninja import Query, Router, Status

from kefu.appointments import actions
from kefu.appointments.models import VisitType
from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Count, Flag, Ident, In, Line, Out
from kefu.organisation.models import Node

router = Router(tags=["appointments"])
PLURAL = "appointment-types"


class TypeIn(In):
    """What one may come for, at every place or at `node` alone."""

    code: Code
    zh: Line
    en: Line
    node: Ident | None = None
    online: Flag = True
    position: Count = 100


class TypePatch(In):
    """Another name, order or reach; `active` false retires it. `node` null: at every place."""

    zh: Line | None = None
    en: Line | None = None
    node: Ident | None = None
    online: Flag | None = None
    position: Count | None = None
    active: Flag | None = None


class TypeFilter(Page):
    """Pages."""


class TypeOut(Out):
    """A type of visit; `label` is its name in the caller's language."""

    code: str
    label: str
    zh: str
    en: str
    node: str | None
    online: bool
    position: int
    active: bool


@router.get(PLURAL, response={200: Listing[TypeOut], **RESPONSES}, operation_id="appointment_types_list")
@needs(AppointmentPermission.VIEW, AppointmentPermission.TYPES)
def list_types(request: ApiRequest, query: Query[TypeFilter]) -> dict[str, object]:
    """Every type, retired ones too, newest first."""
    return listing(_rows(), query, order=("-id",), show=_show)


@router.post(PLURAL, response={201: TypeOut, **RESPONSES}, operation_id="appointment_types_create")
@needs(AppointmentPermission.TYPES)
def create_type(request: ApiRequest, body: TypeIn) -> Status[object]:
    """Let people book something new; 422 for a code in use or a name missing in one language."""
    made = actions.add_type(
        code=body.code, zh=body.zh, en=body.en, node=_node(body.node), online=body.online, position=body.position,
        by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, _show(made))


@router.patch(f"{PLURAL}/{{code}}", response={200: TypeOut, **RESPONSES}, operation_id="appointment_types_change")
@needs(AppointmentPermission.TYPES)
def change_type(request: ApiRequest, code: Line, body: TypePatch) -> dict[str, object]:
    """Change, retire or take back a type; 409 `in_use` while hours or waiting requests name it."""
    row = reference(_rows(), code, "vty", "code")
    given = body.dict(exclude_unset=True, exclude={"active", "node"})
    values = {name: getattr(row, name) for name in ("zh", "en", "node", "online", "position")} | given
    if "node" in body.model_fields_set:
        values["node"] = _node(body.node)
    row = actions.change_type(type=row, **values, by=request.user, at=request.at)
    if body.active is not None:
        turn = actions.return_type if body.active else actions.retire_type
        row = turn(type=row, by=request.user, at=request.at)
    return _show(row)


def _show(row: VisitType) -> dict[str, object]:
    return {
        "code": row.code, "label": row.label, "zh": row.zh, "en": row.en, "node": row.node.code if row.node else None,
        "online": row.online, "position": row.position, "active": row.active,
    }  # fmt: skip


def _rows() -> QuerySet[VisitType]:
    return VisitType.objects.select_related("node")


def _node(text: str | None) -> Node | None:
    places = Node.objects.filter(closed_on__isnull=True)
    return reference(places, text, "nod", "code", field="node") if text else None
