"""Customers from spreadsheets, by the same rules as at the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import close_customer, create_lead, open_archive, update_archive
from kefu.customers.choices import CaptureWay, ContactKind, Stage
from kefu.customers.details import SEX_WORDS
from kefu.customers.holding import hold, lock
from kefu.customers.models import ContactPoint, Customer, Source
from kefu.customers.owners import check_owners
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import holders, lock_numbers
from kefu.customers.rules import missing_fields
from kefu.customers.wording import MISSING
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.exchange.cells import choice, day, text, whole
from kefu.foundation.exchange.places import place_of
from kefu.foundation.exchange.specs import Column, Context, ImportSpec, Outcome, Row, register
from kefu.foundation.jobs.defer import defer
from kefu.kernel.errors import FieldError, Invalid
from kefu.kernel.phones import PhoneError, normalise
from kefu.organisation.models import User

NO_REMARKS = frozenset({"无", "没有", "none", "-"})
MANY = 1_000
COLUMNS = (
    Column("姓名", "name", ("客户姓名", "name"), required=True, parse=text(60)),
    Column("性别", "sex", ("sex", "gender"), parse=choice(SEX_WORDS)),
    Column("年龄", "age", ("age",), parse=whole(0, 130)),
    Column("出生日期", "birth_date", ("生日", "birth_date", "birthday"), parse=day),
    Column("电话", "phone", ("手机", "手机号", "联系电话", "phone", "mobile"), required=True, parse=text(40)),
    Column("邮箱", "email", ("电子邮箱", "email"), parse=text(120)),
    Column("会员卡号", "card_number", ("会员卡", "card_number"), parse=text(40)),
    Column("医生工号", "doctor", ("功能医生工号", "doctor"), parse=text(20)),
    Column("健康管理师工号", "health_manager", ("health_manager",), parse=text(20)),
    Column("分中心编码", "node", ("分中心", "node", "centre"), parse=text(20)),
    Column("客户来源", "source", ("来源", "source"), parse=text(40)),
    Column("备注", "remarks", ("remarks", "note"), parse=text(1000)),
    Column(
        "建档日期",
        "registered_on",
        ("登记日期", "登记时间", "建档时间", "首次登记日期", "registered_on", "created_at"),
        parse=day,
        hint=_("旧系统里登记的那一天；不填就是导入的这一天"),
    ),
)


def take_customer(row: Row, context: Context) -> Outcome:
    """One row: who names a doctor or health manager asks for an archive, everybody else becomes a lead.

    An archive whose only gap is the remarks stays a lead with its owners: empty remarks have to be confirmed (无) (CUS-001). Somebody known
    by phone and name is an error, or changed when the run updates.
    """
    given = _resolved(row, context)
    known = _known(given)
    if known is not None and not context.update:
        raise Invalid.one("phone", "exists", _("%(name)s已经登记过这个号码。") % {"name": known.name})
    if known is not None:
        _change(known, given, row, context)
        return Outcome("updated", known.pk)
    context.memory["created"] = context.memory.get("created", 0) + 1
    return Outcome("created", _create(given, context).pk)


def _resolved(row: Row, context: Context) -> dict[str, Any]:
    """The row's values with colleagues, centre and source looked up; every unknown one is named."""
    directory, errors, given = _directory(context), list[FieldError](), dict(row.values)
    for key, words in UNKNOWN.items():
        if given[key] is None:
            continue
        found = directory[key].get(str(given[key]).casefold())
        if found is None:
            errors.append(FieldError(key, "unknown", words % {"text": given[key]}))
        given[key] = found
    try:
        given["node"] = place_of(given["node"], context)
    except Invalid as wrong:
        errors += wrong.errors
    if errors:
        raise Invalid(errors)
    remarks = given["remarks"] or ""
    given["remarks_none"] = remarks.casefold() in NO_REMARKS
    given["remarks"] = "" if given["remarks_none"] else remarks
    return given


UNKNOWN: dict[str, Any] = {
    "doctor": _("没有工号为 %(text)s 的同事。"),
    "health_manager": _("没有工号为 %(text)s 的同事。"),
    "source": _("没有“%(text)s”这种客户来源。"),
}


def _directory(context: Context) -> dict[str, dict[str, Any]]:
    """Codes and labels to rows, read once a run."""
    if "directory" not in context.memory:
        users = {
            user.job_number.casefold(): user
            for user in User.objects.filter(is_active=True, is_system=False).select_related("node")
        }
        sources: dict[str, Source] = {}
        for source in Source.objects.filter(active=True):
            sources |= {word.casefold(): source for word in (source.code, source.zh, source.en) if word}
        context.memory["directory"] = {"doctor": users, "health_manager": users, "source": sources}
    found: dict[str, dict[str, Any]] = context.memory["directory"]
    return found


def _number(phone: str) -> str | None:
    """The number as it is kept; None for one that is none, of which the action says what is wrong."""
    try:
        return str(normalise(phone, allow_demo=not settings.PRODUCTION))
    except PhoneError:
        return None


def _known(given: dict[str, Any]) -> Customer | None:
    """The customer or lead with this number and name."""
    number = _number(given["phone"])
    if number is None:
        return None
    return next(
        (
            one.customer
            for one in holders(number)
            if one.customer.name == given["name"] and one.customer.stage != Stage.CLOSED
        ),
        None,
    )


def _create(given: dict[str, Any], context: Context) -> Customer:
    wants_archive = given["doctor"] is not None or given["health_manager"] is not None
    stays_lead = wants_archive and not given["remarks"] and not given["remarks_none"]
    owners = {"doctor": given["doctor"], "health_manager": given["health_manager"]} if stays_lead else {}
    if stays_lead:
        _require_all_but_remarks(given)
    lead = create_lead(
        capture=CaptureWay.IMPORT, name=given["name"], phone=given["phone"], node=given["node"], source=given["source"], note=given["remarks"], sex=given["sex"] or "",
        birth_date=given["birth_date"], age=given["age"], email=given["email"] or "", card_number=given["card_number"] or "", registered_on=given["registered_on"], **owners,
        by=context.by, at=context.at,
    ).customer  # fmt: skip
    return _open(lead, given, context) if wants_archive and not stays_lead else lead


def _require_all_but_remarks(given: dict[str, Any]) -> None:
    missing = missing_fields(
        name=given["name"], age_known=given["age"] is not None or given["birth_date"] is not None, contact=True, remarks=True,
        doctor=given["doctor"] is not None, health_manager=given["health_manager"] is not None, node=given["node"] is not None,
        source=given["source"] is not None,
    )  # fmt: skip
    errors = [FieldError(field, "required", MISSING[field]) for field in missing]
    if given["node"] is not None:
        errors += check_owners(given["node"], given["doctor"], given["health_manager"])
    if errors:
        raise Invalid(errors)


def _open(lead: Customer, given: dict[str, Any], context: Context) -> Customer:
    return open_archive(
        customer=lead, doctor=given["doctor"], health_manager=given["health_manager"], node=given["node"], source=given["source"],
        sex=given["sex"] or "", birth_date=given["birth_date"], age=given["age"], remarks=given["remarks"],
        remarks_none=given["remarks_none"], by=context.by, at=context.at,
    )  # fmt: skip


def _change(known: Customer, given: dict[str, Any], row: Row, context: Context) -> None:
    """Write the filled cells over what is there; a lead whose row asks for an archive gets it."""
    if known.stage == Stage.LEAD and (given["doctor"] is not None or given["health_manager"] is not None):
        known = _open(known, given, context)
    fields = ("sex", "age", "birth_date", "card_number", "source", "remarks")
    changes = {field: given[field] for field in fields if field in row.given and given[field]}
    update_archive(customer=known, changes=changes, by=context.by, at=context.at)


def authorise(by: User) -> None:
    """Whoever may register customers may import them. Raises Forbidden."""
    if not access_of(by).may(CustomerPermission.INTAKE):
        require(by, CustomerPermission.LEAD_CREATE)


def undo(subject_id: int, *, reason: str, by: User, at: datetime) -> None:
    """Close an imported customer; what happened meanwhile stays readable."""
    close_customer(customer=Customer.objects.get(pk=subject_id), reason=reason, by=by, at=at)


def page(subject_id: int) -> str:
    """The page of an imported customer."""
    return reverse("customers:page", args=[subject_id])


def reserve(rows: Iterable[Row], context: Context) -> None:
    """The people whom the list may change, then the numbers."""
    numbers = {number for row in rows if (number := _number(row.values["phone"]))}
    if context.update:
        known = ContactPoint.objects.filter(kind=ContactKind.PHONE, value__in=numbers, active=True)
        hold(*known.values_list("customer_id", flat=True))
    lock_numbers(*numbers)


def look_up(rows: Sequence[Row], context: Context) -> None:
    """Read the directories once."""
    _directory(context)


def finish(context: Context) -> None:
    """After a large import the search counts its terms anew."""
    if context.memory.get("created", 0) >= MANY:
        defer("search.count_now", queueing_lock="search.count_now")


CUSTOMERS = register(
    ImportSpec(
        code="customers", title=_("客户"), columns=COLUMNS, row=take_customer, authorise=authorise, subject_kind="customers.customer",
        reserve=reserve, begin=look_up, undo=undo, hold=lock, page=page, finish=finish, updatable=True,
        note=_("写了医生或健康管理师工号的行会建档，必填项要齐；其余的行登记为线索。没有备注请写“无”。"),
    )
)  # fmt: skip
