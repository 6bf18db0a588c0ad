"""Registering doctors, checking their qualification, keeping profiles."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.people.anonymity import names_somebody
from kefu.people.choices import Employment, EntryKind
from kefu.people.models import Doctor, DoctorEntry, StaffProfile
from kefu.people.permissions import PeoplePermission

DETAILS = ("employment", "specialty_zh", "specialty_en", "region", "practising_since", "introduction")
PROFILE = ("specialty_zh", "specialty_en", "region", "introduction", "started_on")


@action
def register_doctor(
    *,
    user: User,
    employment: str,
    specialty_zh: str,
    specialty_en: str = "",
    region: str = "",
    practising_since: int | None = None,
    introduction: str = "",
    by: User,
    at: datetime,
) -> Doctor:
    """Enter a colleague into the register of doctors; nobody can be booked before `certify` (ORG-002).

    Raises Refused `already_registered`, Invalid (`specialty_zh`, `employment`).
    """
    require(by, PeoplePermission.REGISTER_EDIT, node_id=user.node_id)
    if Doctor.objects.filter(user=user).exists():
        raise Refused("already_registered", _("%(name)s已经在医生名册里。") % {"name": user.name})
    if not specialty_zh.strip():
        raise Invalid.one("specialty_zh", "required", _("请写明专长。"))
    if employment not in Employment.values:
        raise Invalid.one("employment", "unknown", _("请选择专职或兼职。"))
    doctor = Doctor.objects.create(
        user=user, employment=employment, specialty_zh=specialty_zh.strip(), specialty_en=specialty_en.strip(),
        region=region.strip(), practising_since=practising_since, introduction=introduction.strip(),
    )  # fmt: skip
    _record("registered", doctor, by, at, {"employment": (None, employment), "specialty": (None, doctor.specialty_zh)})
    return doctor


@action
def change_doctor(*, doctor: Doctor, changes: dict[str, object], by: User, at: datetime) -> None:
    """Change what the register says of a doctor; keys are those of DETAILS. Raises Invalid for an unknown one."""
    require(by, PeoplePermission.REGISTER_EDIT, node_id=doctor.user.node_id)
    changed = _change(doctor, changes, DETAILS)
    if changed:
        _record("changed", doctor, by, at, changed)
    else:
        nothing_changed()


@action
def certify(*, doctor: Doctor, on: date | None = None, by: User, at: datetime) -> None:
    """State that the qualification was checked, by whom and when (ORG-003). Raises Invalid for a day to come."""
    require(by, PeoplePermission.REGISTER_EDIT, node_id=doctor.user.node_id)
    if doctor.user_id == by.pk:
        raise Refused("own_qualification", _("不能认证自己的资格，请同事核对。"))
    day = _not_to_come(on, at, "on")
    before, doctor.certified_on, doctor.certified_by = doctor.certified_on, day, by
    doctor.save(update_fields=["certified_on", "certified_by"])
    _record("certified", doctor, by, at, {"certified_on": (before, day)})


@action
def withdraw_certification(*, doctor: Doctor, reason: str, by: User, at: datetime) -> None:
    """Take the certification back: from now on the doctor can neither be booked nor practise.

    Raises Refused `not_certified`, Invalid without a reason.
    """
    require(by, PeoplePermission.REGISTER_EDIT, node_id=doctor.user.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明撤销认证的原因。"))
    if doctor.certified_on is None:
        raise Refused("not_certified", _("这位医生还没有通过认证，不用撤销。"))
    before, doctor.certified_on, doctor.certified_by = doctor.certified_on, None, None
    doctor.save(update_fields=["certified_on", "certified_by"])
    _record("certification_withdrawn", doctor, by, at, {"certified_on": (before, None)}, reason.strip())


@action
def record_agreement(*, doctor: Doctor, signed_on: date, by: User, at: datetime) -> None:
    """State that the signed part-time agreement [兼职医生协议] is on file (ORG-002). Raises Invalid for a day to come."""
    require(by, PeoplePermission.REGISTER_EDIT, node_id=doctor.user.node_id)
    day = _not_to_come(signed_on, at, "signed_on")
    before, doctor.agreement_signed_on = doctor.agreement_signed_on, day
    doctor.save(update_fields=["agreement_signed_on"])
    _record("agreement_recorded", doctor, by, at, {"agreement_signed_on": (before, day)})


@action
def add_entry(*, doctor: Doctor, kind: str, on: date, text: str, by: User, at: datetime) -> DoctorEntry:
    """Keep a training or a case of success (ORG-003). Raises Invalid (`kind`, `text`, `on`)."""
    require(by, PeoplePermission.REGISTER_EDIT, node_id=doctor.user.node_id)
    if kind not in EntryKind.values:
        raise Invalid.one("kind", "unknown", _("请选择培训或成功案例。"))
    if not text.strip():
        raise Invalid.one("text", "required", _("请写明内容。"))
    entry = DoctorEntry.objects.create(
        doctor=doctor, kind=kind, on=_not_to_come(on, at, "on"), text=text.strip(), by=by
    )
    _record("entry_added", doctor, by, at, {"kind": (None, kind), "on": (None, entry.on)})
    return entry


@action
def share_case(*, entry: DoctorEntry, by: User, at: datetime) -> None:
    """Show a case of success to all doctors, without anything that tells whose it is (ORG-003).

    Raises Refused `no_case` for a training, `names_somebody` when the text holds a number or the name of the doctor's customer.
    """
    require(by, PeoplePermission.REGISTER_EDIT, node_id=entry.doctor.user.node_id)
    if entry.kind != EntryKind.CASE:
        raise Refused("no_case", _("只有成功案例可以共享。"))
    if names_somebody(entry.text, entry.doctor.user):
        raise Refused("names_somebody", _("内容里有客户的姓名或号码，去掉后另记一条再共享。"))
    _set_shared(entry, True, by, at)


@action
def unshare_case(*, entry: DoctorEntry, by: User, at: datetime) -> None:
    """Show a case to nobody but those who keep the register."""
    require(by, PeoplePermission.REGISTER_EDIT, node_id=entry.doctor.user.node_id)
    _set_shared(entry, False, by, at)


@action
def write_profile(*, user: User, changes: dict[str, object], by: User, at: datetime) -> StaffProfile:
    """Keep the profile of a colleague who is no doctor; keys are those of PROFILE (ORG-006)."""
    require(by, PeoplePermission.REGISTER_EDIT, node_id=user.node_id)
    profile, made = StaffProfile.objects.get_or_create(user=user)
    changed = _change(profile, changes, PROFILE)
    if changed or made:
        record(
            "people.profile.written", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
            changes=changed,
        )  # fmt: skip
    else:
        nothing_changed()
    return profile


def _set_shared(entry: DoctorEntry, shared: bool, by: User, at: datetime) -> None:
    if entry.shared == shared:
        return nothing_changed()
    entry.shared = shared
    entry.save(update_fields=["shared"])
    return _record("case_shared" if shared else "case_unshared", entry.doctor, by, at, {"entry": (None, entry.pk)})


def _change(row: Model, changes: dict[str, object], known: tuple[str, ...]) -> dict[str, tuple[object, object]]:
    if unknown := changes.keys() - set(known):
        raise Invalid.one(min(unknown), "unknown", _("没有这一项。"))
    changed = {name: (getattr(row, name), value) for name, value in changes.items() if getattr(row, name) != value}
    for name, (_before, value) in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))
    return changed


def _not_to_come(day: date | None, at: datetime, field: str) -> date:
    today = timezone.localdate(at)
    if day is not None and day > today:
        raise Invalid.one(field, "to_come", _("日期不能晚于今天。"))
    return day or today


def _record(
    verb: str, doctor: Doctor, by: User, at: datetime, changes: dict[str, tuple[object, object]], reason: str = ""
) -> None:
    record(
        f"people.doctor.{verb}", by=by, at=at, subject=Subject("people.doctor", doctor.pk), node_id=doctor.user.node_id,
        changes=changes, reason=reason,
    )  # fmt: skip
