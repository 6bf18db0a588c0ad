"""Two archives side by side, field by field, as the page of a merge shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kefu.customers.blending import FIELDS, LONG, columns_of, proposed
from kefu.customers.choices import Stage
from kefu.customers.details import MEDICAL
from kefu.customers.models import Customer
from kefu.customers.queries import contact_views
from kefu.customers.rules import mask_number


@dataclass(frozen=True)
class Compared:
    """One field of both archives. Where `choice` holds, the person picks a side; `both` says that both can be kept."""

    name: str
    label: object
    mine: str
    theirs: str
    pick: str = ""
    choice: bool = False
    both: bool = False


def heads(survivor: Customer, merged: Customer) -> list[Compared]:
    """What the archive that stays keeps in any case: number, centre, owners, contacts of both."""
    told = (
        ("stage", _("阶段"), lambda one: Stage(one.stage).label),
        ("archive_number", _("健康档案号"), lambda one: one.archive_number or ""),
        ("node", _("分中心"), lambda one: one.node.label),
        ("health_manager", _("健康管理师"), lambda one: one.health_manager.name if one.health_manager else _("未分配")),
        ("doctor", _("功能医生"), lambda one: one.doctor.name if one.doctor else _("未分配")),
        ("created_at", _("登记时间"), lambda one: date_format(timezone.localdate(one.created_at), "Y-m-d")),
        ("contacts", _("联系方式"), lambda one: "、".join(view.masked for view in contact_views(one))),
    )
    return [Compared(name, label, str(show(survivor)), str(show(merged))) for name, label, show in told]


def compared(
    survivor: Customer,
    merged: Customer,
    picks: Mapping[str, str],
    *,
    sees_medical: bool,
    edits_medical: bool,
    at: datetime,
) -> list[Compared]:
    """The fields of which either side has something; health data only for those who may see them."""
    rows = []
    for field in FIELDS:
        if field in MEDICAL and not sees_medical:
            continue
        mine, theirs = _text(survivor, field, at), _text(merged, field, at)
        if not mine and not theirs:
            continue
        stands, comes = (getattr(one, columns_of(field)[0]) for one in (survivor, merged))
        differ = bool(mine and theirs and stands != comes) and (field not in MEDICAL or edits_medical)
        side = picks.get(field) or proposed(survivor, merged, field)
        rows.append(Compared(field, _label(field), mine, theirs, str(side), differ, differ and field in LONG))
    return rows


def _label(field: str) -> object:
    [column] = [one for one in Customer._meta.concrete_fields if one.attname == columns_of(field)[0]]
    return column.verbose_name


def _text(customer: Customer, field: str, at: datetime) -> str:
    if field == "source":
        return str(customer.source.label) if customer.source else ""
    if field == "age":
        stated = customer.age_stated is not None and customer.birth_date is None
        return str(customer.age(timezone.localdate(at))) if stated else ""
    if field == "card_number":
        return mask_number(customer.card_number) if customer.card_number else ""
    value = customer.get_sex_display() if field == "sex" else getattr(customer, field)
    return date_format(value, "Y-m-d") if isinstance(value, date) else str(value or "")


def picked(survivor: Customer, merged: Customer, given: Mapping[str, str]) -> dict[str, str]:
    """The sides somebody chose otherwise than proposed: `side-FIELD` in the form."""
    chosen = {field: given[f"side-{field}"] for field in FIELDS if f"side-{field}" in given}
    return {field: side for field, side in chosen.items() if side != proposed(survivor, merged, field)}
