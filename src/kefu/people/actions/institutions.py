"""Keeping the records of institutions: only by the designated steward (ORG-008)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.phones import PhoneError, normalise
from kefu.organisation.models import Node, User
from kefu.people.choices import BY_AGREEMENT, InstitutionKind, Part, Quality
from kefu.people.models import Institution, InstitutionRole, RegionalQuality
from kefu.people.permissions import PeoplePermission

KIND = "people.institution"
DETAILS = ("kind", "zh", "en", "address", "person_in_charge", "phone", "email", "note")
EDIT = PeoplePermission.INSTITUTION_EDIT
Changes = dict[str, tuple[object, object]]


@action
def add_institution(
    *, code: str, node: Node, details: Mapping[str, str], part: str = "", by: User, at: datetime
) -> Institution:
    """Enter an institution, with its first part when one is named. Keys of `details` are those of DETAILS; `zh` and `kind` must be there.

    Raises Invalid (`code` also when it is taken, `zh`, `kind`, `phone`, `part`).
    """
    require(by, EDIT, node_id=node.pk)
    code = code.strip().upper()
    values = _checked({"zh": "", "kind": "", **details})
    if not code:
        raise Invalid.one("code", "required", _("请填写编号。"))
    if Institution.objects.filter(code=code).exists():
        raise Invalid.one("code", "taken", _("编号 %(code)s 已经用了。") % {"code": code})
    made = Institution.objects.create(code=code, node=node, **values)
    if part:
        _give(made, _part(part), at)
    _record("added", made, by, at, {"code": (None, code), "zh": (None, made.zh), "part": (None, part or None)})
    return made


@action
def change_institution(
    *, institution: Institution, changes: Mapping[str, str], version: int, by: User, at: datetime
) -> None:
    """Change the record; keys are those of DETAILS. Raises Refused `changed_meanwhile`, Invalid."""
    held = _locked(institution, by)
    if held.version != version:
        raise Refused("changed_meanwhile", _("刚才有人改过这家机构的资料，请刷新后再改。"))
    values = _checked(changes)
    changed: Changes = {
        name: (getattr(held, name), value) for name, value in values.items() if getattr(held, name) != value
    }
    if not changed:
        nothing_changed()
        return
    for name, (_before, value) in changed.items():
        setattr(held, name, value)
    held.version += 1
    held.save(update_fields=[*changed, "version"])
    _record("changed", held, by, at, changed)


@action
def give_part(*, institution: Institution, part: str, by: User, at: datetime) -> InstitutionRole:
    """Say what else the institution is to the house (ORG-012). Raises Refused `already_so`, Invalid."""
    held, given = _locked(institution, by), _part(part)
    if held.roles.filter(part=given, valid_to__isnull=True).exists():
        raise Refused("already_so", _("已经登记为%(part)s。") % {"part": Part(given).label})
    made = _give(held, given, at)
    _record("part_given", held, by, at, {"part": (None, given)})
    return made


@action
def end_part(*, role: InstitutionRole, reason: str, by: User, at: datetime) -> None:
    """Say that the institution no longer has a part. Raises Refused `in_force` while an agreement rests on it, Invalid without a reason."""
    held, today = _locked(role.institution, by), timezone.localdate(at)
    why = _reason(reason)
    if role.valid_to is not None:
        raise Refused("ended", _("这个角色已经结束。"))
    if role.part in BY_AGREEMENT and any(one.holds_on(today) for one in held.agreements.all()):
        raise Refused("in_force", _("还有生效的协议，请先终止协议。"))
    role.valid_to = today
    role.save(update_fields=["valid_to"])
    _record("part_ended", held, by, at, {"part": (role.part, None)}, why)


@action
def judge_region(
    *, institution: Institution, region: str, quality: str, note: str = "", by: User, at: datetime
) -> RegionalQuality:
    """Keep how well a courier or carrier serves a region (ORG-012). Raises Refused `no_carrier`, Invalid (`region`, `quality`, `note`)."""
    held = _locked(institution, by)
    if not held.roles.filter(part__in=(Part.COURIER, Part.CARRIER), valid_to__isnull=True).exists():
        raise Refused("no_carrier", _("只有快递和物流公司按地区评质量。"))
    if not region.strip():
        raise Invalid.one("region", "required", _("请填写地区。"))
    if quality not in Quality.values:
        raise Invalid.one("quality", "unknown", _("请选择质量。"))
    if quality == Quality.POOR and not note.strip():
        raise Invalid.one("note", "required", _("评为差时请写明情况。"))
    made = RegionalQuality.objects.create(
        institution=held, region=region.strip(), quality=quality, note=note.strip(), at=at, by=by
    )
    _record("region_judged", held, by, at, {"region": (None, made.region), "quality": (None, quality)})
    return made


@action
def close_institution(*, institution: Institution, reason: str, by: User, at: datetime) -> None:
    """Stop working together; the record stays. Raises Refused `closed`, `in_force`, Invalid without a reason."""
    held, today = _locked(institution, by), timezone.localdate(at)
    why = _reason(reason)
    if held.closed_on is not None:
        raise Refused("closed", _("这家机构已经停用。"))
    if any(one.holds_on(today) for one in held.agreements.all()):
        raise Refused("in_force", _("还有生效的协议，请先终止协议。"))
    held.closed_on = today
    held.save(update_fields=["closed_on"])
    _record("closed", held, by, at, {"closed_on": (None, today)}, why)


@action
def reopen_institution(*, institution: Institution, reason: str, by: User, at: datetime) -> None:
    """Work together again. Raises Refused `open`, Invalid without a reason."""
    held, why = _locked(institution, by), _reason(reason)
    if held.closed_on is None:
        raise Refused("open", _("这家机构没有停用。"))
    before, held.closed_on = held.closed_on, None
    held.save(update_fields=["closed_on"])
    _record("reopened", held, by, at, {"closed_on": (before, None)}, why)


def _locked(institution: Institution, by: User) -> Institution:
    held = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    require(by, EDIT, node_id=held.node_id)
    return held


def _give(institution: Institution, part: str, at: datetime) -> InstitutionRole:
    return InstitutionRole.objects.create(institution=institution, part=part, valid_from=timezone.localdate(at))


def _part(part: str) -> str:
    if part not in Part.values:
        raise Invalid.one("part", "unknown", _("请选择角色。"))
    return part


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    return reason.strip()


def _checked(values: Mapping[str, str]) -> dict[str, str]:
    if unknown := values.keys() - set(DETAILS):
        raise Invalid.one(min(unknown), "unknown", _("没有这一项。"))
    tidy = {name: value.strip() for name, value in values.items()}
    errors = []
    if "zh" in tidy and not tidy["zh"]:
        errors.append(FieldError("zh", "required", _("请填写名称。")))
    if "kind" in tidy and tidy["kind"] not in InstitutionKind.values:
        errors.append(FieldError("kind", "unknown", _("请选择单位、机构或个人。")))
    if tidy.get("phone"):
        try:
            tidy["phone"] = normalise(tidy["phone"], allow_demo=not settings.PRODUCTION)
        except PhoneError:
            errors.append(FieldError("phone", "phone", _("电话号码不对，请核对。")))
    if errors:
        raise Invalid(errors)
    return tidy


def _record(verb: str, institution: Institution, by: User, at: datetime, changes: Changes, reason: str = "") -> None:  # fmt: skip
    record(
        f"people.institution.{verb}", by=by, at=at, subject=Subject(KIND, institution.pk), node_id=institution.node_id,
        changes=changes, reason=reason,
    )  # fmt: skip
