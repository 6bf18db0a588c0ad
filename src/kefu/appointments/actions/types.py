"""Keeping the types of visits: added, changed, retired and taken back, never deleted (APT-015)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import WAITING, ExceptionKind
from kefu.appointments.models import AppointmentRequest, ClinicSchedule, ScheduleException, VisitType, WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.messaging.rules import revealing
from kefu.organisation.models import Node, User

KIND = "appointments.type"
CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
NAME = 40
PLACES = ("zh", "en", "node", "online", "position")
"""What may change of a type; its code is what bookings keep."""


@action
def add_type(
    *, code: str, zh: str, en: str, node: Node | None = None, online: bool = True, position: int = 0, by: User, at: datetime
) -> VisitType:  # fmt: skip
    """Let people book something new, at every place or at one. Raises Invalid (`code`, `zh`, `en`)."""
    require(by, AppointmentPermission.TYPES)
    code = code.strip().lower()
    faults = [*_code(code), *_names(zh, en)]
    if faults:
        raise Invalid(faults)
    made = VisitType.objects.create(
        code=code, zh=zh.strip(), en=en.strip(), node=node, online=online, position=position
    )
    _record(made, "added", {"code": (None, made.code), **{name: (None, _told(made, name)) for name in PLACES}}, by, at)
    return made


@action
def change_type(
    *, type: VisitType, zh: str, en: str, node: Node | None, online: bool, position: int, by: User, at: datetime
) -> VisitType:
    """Call a type otherwise, or offer it elsewhere; bookings that stand keep it. Raises Invalid (`zh`, `en`), Refused `in_use`."""
    require(by, AppointmentPermission.TYPES)
    if faults := list(_names(zh, en)):
        raise Invalid(faults)
    row = VisitType.objects.select_for_update(no_key=True).get(pk=type.pk)
    before = {name: _told(row, name) for name in PLACES}
    row.zh, row.en, row.node, row.online, row.position = zh.strip(), en.strip(), node, online, position
    changes = {name: (before[name], _told(row, name)) for name in PLACES if before[name] != _told(row, name)}
    if not changes:
        nothing_changed()
        return row
    if node is not None and "node" in changes:
        _not_needed(row, ~Q(node=node), at)
    row.save()
    _record(row, "changed", changes, by, at)
    return row


@action
def retire_type(*, type: VisitType, by: User, at: datetime) -> VisitType:
    """Offer a type no more; bookings of it stand and are still told and counted.

    Raises Refused `in_use` while clinic hours to come name it, or requests for it or customers on the waitlist wait: they would lead nowhere.
    """
    require(by, AppointmentPermission.TYPES)
    row = VisitType.objects.select_for_update(no_key=True).get(pk=type.pk)
    _not_needed(row, Q(), at)
    return _become(row, active=False, verb="retired", by=by, at=at)


@action
def return_type(*, type: VisitType, by: User, at: datetime) -> VisitType:
    """Offer a retired type again."""
    require(by, AppointmentPermission.TYPES)
    row = VisitType.objects.select_for_update(no_key=True).get(pk=type.pk)
    return _become(row, active=True, verb="returned", by=by, at=at)


def _become(row: VisitType, *, active: bool, verb: str, by: User, at: datetime) -> VisitType:
    if row.active == active:
        nothing_changed()
        return row
    row.active = active
    row.save(update_fields=["active"])
    _record(row, verb, {"active": (not active, active)}, by, at)
    return row


def _code(code: str) -> Iterator[FieldError]:
    if not CODE.fullmatch(code):
        yield FieldError("code", "invalid", _("编码用小写英文字母、数字和下划线，字母开头，最多 20 个。"))
    elif VisitType.objects.filter(code=code).exists():
        yield FieldError("code", "taken", _("这个编码已经用了。"))


def _names(zh: str, en: str) -> Iterator[FieldError]:
    for name, text in (("zh", zh.strip()), ("en", en.strip())):
        if not text:
            yield FieldError(name, "required", _("中文名和英文名都要填。"))
        elif len(text) > NAME:
            yield FieldError(name, "too_long", _("名称最多 40 个字。"))
        elif found := revealing(text):
            yield FieldError(
                name, "reveals", _("客户的消息和日历里会写这个名称，不能有检测项目和结果：%s。") % "、".join(found)
            )


def _not_needed(row: VisitType, where: Q, at: datetime) -> None:
    today = timezone.localdate(at)
    hours = ClinicSchedule.objects.filter(where, types__contains=[row.code]).exclude(valid_to__lte=today)
    extra = ScheduleException.objects.filter(
        where, types__contains=[row.code], kind=ExceptionKind.EXTRA, day__gte=today
    )
    if hours.exists() or extra.exists():
        raise Refused("in_use", _("还有出诊时间写着这个事项，请先改那些出诊时间。"))
    if AppointmentRequest.objects.filter(where, type=row, state__in=WAITING).exists():
        raise Refused("in_use", _("还有这个事项的预约申请没答复，请先答复。"))
    if WaitlistEntry.objects.open().filter(where, type=row).exists():
        raise Refused("in_use", _("还有客户在候补这个事项，请先办完候补。"))


def _told(row: VisitType, name: str) -> object:
    return row.node.code if name == "node" and row.node else getattr(row, name)


def _record(row: VisitType, verb: str, changes: dict[str, tuple[object, object]], by: User, at: datetime) -> None:
    record(
        f"appointments.type.{verb}", by=by, at=at, subject=Subject(KIND, row.pk), node_id=row.node_id, changes=changes
    )
