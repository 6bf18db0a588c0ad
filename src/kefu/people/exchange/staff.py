"""Staff: accounts of new colleagues, and what the registers know of those who are there (ORG-006, ORG-015)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.users import create_user, deactivate_user
from kefu.foundation.access.checks import require
from kefu.foundation.exchange.cells import choice, day, text
from kefu.foundation.exchange.places import place_of
from kefu.foundation.exchange.specs import Column, Context, ImportSpec, Outcome, Row, register
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User
from kefu.people.actions import change_doctor, set_attributes, write_profile
from kefu.people.choices import Attribute
from kefu.people.models import Doctor
from kefu.people.permissions import PeoplePermission

SEXES = {"女": "female", "男": "male", "female": "female", "male": "male"}
SKILLS = {"初级": "beginner", "中级": "skilled", "高级": "expert", "骨干": "key"}
STAGES = {"培训期": "trainee", "试用期": "probation", "正式": "regular"}
FLAGS = {"是": "yes", "否": "no", "yes": "yes", "no": "no"}
COLUMNS = (
    Column("工号", "job_number", ("员工号", "job_number"), required=True, parse=text(20)),
    Column("姓名", "name", ("员工姓名", "name"), required=True, parse=text(60)),
    Column("机构编码", "node", ("机构", "所属机构", "node"), parse=text(40)),
    Column("登录名", "username", ("username",), parse=text(60)),
    Column("保密协议签署日期", "undertaking_signed_on", ("undertaking_signed_on",), parse=day),
    Column("性别", "sex", ("sex",), parse=choice(SEXES)),
    Column("电话", "phone", ("手机", "phone"), parse=text(40)),
    Column("邮箱", "email", ("email",), parse=text(120)),
    Column("到岗日期", "started_on", ("入职日期", "started_on"), parse=day),
    Column("专长", "specialty_zh", ("specialty",), parse=text(200)),
    Column("服务区域", "region", ("region",), parse=text(100)),
    Column("介绍", "introduction", ("introduction",), parse=text(2000)),
    Column("从哪天起", "valid_from", ("生效日期", "valid_from"), parse=day),
    Column("工种", "job_type", ("job_type",), parse=text(40)),
    Column("技能等级", "skill", ("skill",), parse=choice(SKILLS)),
    Column("班组", "shift_group", ("shift_group",), parse=text(40)),
    Column("用工阶段", "stage", ("阶段", "stage"), parse=choice(STAGES)),
    Column("储备人员", "reserve", ("储备", "reserve"), parse=choice(FLAGS)),
    Column("兼职人员", "part_time", ("兼职", "part_time"), parse=choice(FLAGS)),
    Column("更衣柜", "locker", ("柜号", "locker"), parse=text(40)),
)
PROFILE = ("specialty_zh", "region", "introduction", "started_on")


def take_colleague(row: Row, context: Context) -> Outcome:
    """One row: an unknown job number opens an account, a known one is changed when the run updates; the name must fit the number."""
    given = row.values
    known = User.objects.filter(job_number=given["job_number"], is_system=False).select_related("node").first()
    if known is not None and known.name != given["name"]:
        words = _("工号 %(number)s 是%(name)s。") % {"number": known.job_number, "name": known.name}
        raise Invalid.one("name", "other_person", words)
    if known is not None and not context.update:
        raise Invalid.one("job_number", "exists", _("%(name)s已经登记过这个工号。") % {"name": known.name})
    person = known or _open(given, context)
    _write_profile(person, given, context)
    facts = {name: given[name] for name in Attribute.values if given[name] is not None}
    if facts:
        begins = given["valid_from"] or timezone.localdate(context.at)
        set_attributes(people=[person], changes=facts, valid_from=begins, by=context.by, at=context.at)
    return Outcome("updated" if known is not None else "created", person.pk)


def _open(given: dict[str, Any], context: Context) -> User:
    """The temporary password is told to nobody: an administrator gives each colleague one, once it is clear who asks."""
    node = place_of(given["node"], context)
    if node is None:
        raise Invalid([FieldError("node", "required", _("新员工要写明机构编码。"))])
    return create_user(
        username=given["username"] or given["job_number"].lower(), job_number=given["job_number"], name=given["name"], node=node,
        undertaking_signed_on=given["undertaking_signed_on"], sex=given["sex"] or "", email=given["email"] or "",
        phone=given["phone"] or "", by=context.by, at=context.at,
    ).user  # fmt: skip


def _write_profile(person: User, given: dict[str, Any], context: Context) -> None:
    filled = {name: given[name] for name in PROFILE if given[name] is not None}
    doctor = Doctor.objects.filter(user=person).select_related("user").first()
    if doctor is not None:
        own: dict[str, object] = {
            name: filled.pop(name) for name in ("specialty_zh", "region", "introduction") if name in filled
        }
        change_doctor(doctor=doctor, changes=own, by=context.by, at=context.at)
    if filled:
        write_profile(user=person, changes=filled, by=context.by, at=context.at)


def authorise(by: User) -> None:
    """Whoever keeps the register; opening accounts needs that right besides, row by row. Raises Forbidden."""
    require(by, PeoplePermission.REGISTER_EDIT)


def undo(subject_id: int, *, reason: str, by: User, at: datetime) -> None:
    """Close an account that was opened by mistake."""
    deactivate_user(user=User.objects.get(pk=subject_id), reason=reason, by=by, at=at)


STAFF = register(
    ImportSpec(
        code="staff", title=_("员工"), columns=COLUMNS, row=take_colleague, authorise=authorise, subject_kind="user", undo=undo, updatable=True,
        note=_("工号已有的行改资料和用工信息，没有的行开通账号（要有机构编码和保密协议签署日期）；角色和密码之后在员工账号里给。"),
    )
)  # fmt: skip
