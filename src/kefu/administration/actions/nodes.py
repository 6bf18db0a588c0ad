"""The tree of places, and their rooms (ORG-009)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.events import NodeClosed
from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import subtree
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.events.bus import announce
from kefu.foundation.worktime.models import Calendar
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Node, Room, User

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,19}")
DETAILS = ("zh", "en", "kind", "parent", "calendar_code", "phone", "address")


@action
def create_node(
    *,
    code: str,
    zh: str,
    kind: str,
    parent: Node,
    en: str = "",
    calendar_code: str = "centre",
    phone: str = "",
    address: str = "",
    by: User,
    at: datetime,
) -> Node:
    """Add a place below another. Raises Invalid naming each wrong field (ORG-009)."""
    require(by, AdministrationPermission.NODE_EDIT, node_id=parent.pk)
    node = Node(
        code=code.strip(), zh=zh.strip(), en=en.strip(), kind=kind, parent=parent, calendar_code=calendar_code,
        phone=phone.strip(), address=address.strip(),
    )  # fmt: skip
    _check(node)
    node.save()
    _record("created", node, by, at, {"code": (None, node.code), "kind": (None, kind), "parent": (None, parent.code)})
    return node


@action
def change_node(*, node: Node, changes: Mapping[str, object], by: User, at: datetime) -> None:
    """Change a place; keys are those of DETAILS. Raises Invalid naming each wrong field: the tree has no circles."""
    require(by, AdministrationPermission.NODE_EDIT, node_id=node.pk)
    if unknown := changes.keys() - set(DETAILS):
        raise Invalid.one(min(unknown), "unknown", _("没有这一项。"))
    changed = {name: (getattr(node, name), value) for name, value in changes.items() if getattr(node, name) != value}
    if not changed:
        return nothing_changed()
    for name, (_before, value) in changed.items():
        setattr(node, name, value)
    _check(node)
    node.save(update_fields=list(changed))
    return _record("changed", node, by, at, changed)


@action
def close_node(*, node: Node, reason: str, by: User, at: datetime) -> None:
    """Close a place for good; its records stay where they are.

    Raises Invalid without a reason, Refused `has_children`, `has_people` or `head_office`.
    """
    require(by, AdministrationPermission.NODE_EDIT, node_id=node.pk)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明停用的原因。"))
    if node.kind == NodeKind.HEAD_OFFICE:
        raise Refused("head_office", _("总部不能停用。"))
    if node.closed_on is not None:
        return nothing_changed()
    if node.children.filter(closed_on__isnull=True).exists():
        raise Refused("has_children", _("下级机构还开着，请先停用下级。"))
    if people := User.objects.filter(node=node, is_active=True).count():
        raise Refused("has_people", _("还有 %(count)d 位在职员工属于这里，请先调走。") % {"count": people})
    node.closed_on = timezone.localdate(at)
    node.save(update_fields=["closed_on"])
    _record("closed", node, by, at, {"closed_on": (None, node.closed_on)}, reason.strip())
    return announce(NodeClosed(node_id=node.pk, by=by, at=at))


@action
def create_room(*, node: Node, code: str, zh: str, en: str = "", kind: str, by: User, at: datetime) -> Room:
    """Add a room to a place. Raises Invalid (`code`, `zh`)."""
    require(by, AdministrationPermission.NODE_EDIT, node_id=node.pk)
    errors = _code_errors(code.strip()) + _name_errors(zh.strip())
    if Room.objects.filter(code=code.strip()).exists():
        errors.append(FieldError("code", "taken", _("这个编码已经用了。")))
    if errors:
        raise Invalid(errors)
    room = Room.objects.create(node=node, code=code.strip(), zh=zh.strip(), en=en.strip(), kind=kind)
    _record("room_added", node, by, at, {"room": (None, room.code)})
    return room


def _check(node: Node) -> None:
    errors = _code_errors(node.code) + _name_errors(node.zh)
    if Node.objects.filter(code=node.code).exclude(pk=node.pk).exists():
        errors.append(FieldError("code", "taken", _("这个编码已经用了。")))
    if node.kind not in NodeKind.values:
        errors.append(FieldError("kind", "unknown", _("请选择机构的类别。")))
    if not Calendar.objects.filter(code=node.calendar_code).exists():
        errors.append(FieldError("calendar_code", "unknown", _("请选择一份工作日历。")))
    errors += _parent_errors(node)
    if errors:
        raise Invalid(errors)


def _parent_errors(node: Node) -> list[FieldError]:
    if node.parent is None:
        only = not Node.objects.filter(parent__isnull=True).exclude(pk=node.pk).exists()
        return [] if only else [FieldError("parent", "required", _("请选择上级机构。"))]
    if node.parent.closed_on is not None:
        return [FieldError("parent", "closed", _("上级机构已停用，请选择别的。"))]
    if node.pk and node.parent_id in subtree(node.pk):
        return [FieldError("parent", "circle", _("不能放到自己或自己的下级下面。"))]
    return []


def _code_errors(code: str) -> list[FieldError]:
    if CODE.fullmatch(code):
        return []
    return [FieldError("code", "format", _("编码用字母、数字和短横，最多 20 个，例如 BJ-CY。"))]


def _name_errors(zh: str) -> list[FieldError]:
    return [] if zh else [FieldError("zh", "required", _("请填写中文名。"))]


def _record(
    verb: str, node: Node, by: User, at: datetime, changes: Mapping[str, tuple[object, object]], reason: str = ""
) -> None:
    record(
        f"administration.node.{verb}", by=by, at=at, subject=Subject("node", node.pk), node_id=node.pk,
        changes=changes, reason=reason,
    )  # fmt: skip
