"""Partners, suppliers and carriers (ORG-008, ORG-012)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.exchange.cells import choice, text
from kefu.foundation.exchange.places import place_of
from kefu.foundation.exchange.specs import Column, Context, ImportSpec, Outcome, Row, register
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User
from kefu.people.actions import add_institution, change_institution, close_institution, give_part
from kefu.people.models import Institution
from kefu.people.permissions import PeoplePermission

KINDS = {"企业单位": "organisation", "机构": "institution", "个人": "individual"}
PARTS = {
    "合作单位": "partner", "加盟机构": "franchise", "生产厂家": "manufacturer", "外加工厂": "workshop", "快递公司": "courier",
    "班车与物流": "carrier", "第三方调查机构": "survey_institution",
}  # fmt: skip
COLUMNS = (
    Column("编号", "code", ("机构编号", "code"), required=True, parse=text(20)),
    Column("名称", "zh", ("机构名称", "name"), required=True, parse=text(100)),
    Column("名称（英文）", "en", ("英文名称", "english"), parse=text(100)),
    Column("类别", "kind", ("kind",), parse=choice(KINDS)),
    Column("角色", "part", ("往来", "part"), parse=choice(PARTS)),
    Column("归口机构编码", "node", ("归口", "node"), parse=text(40)),
    Column("负责人", "person_in_charge", ("联系人", "person_in_charge"), parse=text(60)),
    Column("电话", "phone", ("联系电话", "phone"), parse=text(30)),
    Column("邮箱", "email", ("email",), parse=text(120)),
    Column("地址", "address", ("address",), parse=text(200)),
    Column("备注", "note", ("note",), parse=text(500)),
)
DETAILS = ("zh", "en", "kind", "person_in_charge", "phone", "email", "address", "note")


def take_institution(row: Row, context: Context) -> Outcome:
    """One row: an unknown number is entered, a known one changed when the run updates; a part it has not yet is added."""
    given = row.values
    known = Institution.objects.filter(code=given["code"].strip().upper()).first()
    if known is not None and not context.update:
        raise Invalid.one("code", "taken", _("编号 %(code)s 已经用了。") % {"code": known.code})
    details = {name: given[name] for name in DETAILS if given[name] is not None}
    if known is None:
        return Outcome("created", _enter(given, details, context).pk)
    change_institution(institution=known, changes=details, version=known.version, by=context.by, at=context.at)
    part = given["part"]
    if part and not known.roles.filter(part=part, valid_to__isnull=True).exists():
        give_part(institution=known, part=part, by=context.by, at=context.at)
    return Outcome("updated", known.pk)


def _enter(given: dict[str, Any], details: dict[str, str], context: Context) -> Institution:
    node = place_of(given["node"], context)
    errors = [] if node else [FieldError("node", "required", _("新机构要写明归口机构编码。"))]
    if given["kind"] is None:
        errors.append(FieldError("kind", "required", _("新机构要写明类别。")))
    if errors or node is None:
        raise Invalid(errors)
    return add_institution(
        code=given["code"], node=node, details=details, part=given["part"] or "", by=context.by, at=context.at
    )


def authorise(by: User) -> None:
    """Only the designated steward (ORG-008). Raises Forbidden."""
    require(by, PeoplePermission.INSTITUTION_EDIT)


def undo(subject_id: int, *, reason: str, by: User, at: datetime) -> None:
    """Close an institution that was entered by mistake."""
    close_institution(institution=Institution.objects.get(pk=subject_id), reason=reason, by=by, at=at)


INSTITUTIONS = register(
    ImportSpec(
        code="institutions", title=_("机构与往来单位"), columns=COLUMNS, row=take_institution, authorise=authorise,
        subject_kind="people.institution", undo=undo, updatable=True, note=_("按编号认机构；新机构要写类别和归口。协议不从表格导入。"),
    )
)  # fmt: skip
