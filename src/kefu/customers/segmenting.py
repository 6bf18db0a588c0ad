"""By what customers are grouped: criteria registered by the modules that own the facts (CUS-011).

A criterion narrows a queryset of customers by what a colleague entered; a segment is several of them together. Registering is done in `slots.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User

Customers = QuerySet[Customer]
Given = Mapping[str, Any]
"""What was entered: `values` of a choice, `low` and `high` of a range, `text`."""
GROUPS = {"attributes": _("属性"), "value": _("价值"), "behaviour": _("购买行为")}


@dataclass(frozen=True)
class Criterion:
    """One way to narrow: a choice (with `choices`), a range of numbers, or a part of a text. Whoever uses it needs the permission."""

    code: str
    label: object
    group: str
    permission: Permission
    narrow: Callable[[Customers, Given, date], Customers]
    choices: tuple[tuple[str, object], ...] = ()
    text: bool = False


_criteria: dict[str, Criterion] = {}


def register_criteria(*criteria: Criterion) -> None:
    """Add ways to group customers; a later one with the same code replaces the earlier."""
    _criteria.update({criterion.code: criterion for criterion in criteria})


def criteria_for(user: User) -> list[Criterion]:
    """The criteria a person may use, by group."""
    access, places = access_of(user), list(GROUPS)
    usable = [one for one in _criteria.values() if access.may(one.permission)]
    return sorted(usable, key=lambda one: places.index(one.group))


def may_use(user: User, definition: Mapping[str, Given]) -> bool:
    """Whether a person may see who falls under a definition: the list itself tells what it was narrowed by."""
    access = access_of(user)
    return all(code in _criteria and access.may(_criteria[code].permission) for code in definition)


def narrowed(customers: Customers, definition: Mapping[str, Given], user: User, on: date) -> Customers:
    """The customers that meet every criterion of a definition on a day, where the person may see what each goes by."""
    for permission in {_criteria[code].permission for code in definition}:
        customers = customers.filter(customer_scope(user, permission))
    for code, given in definition.items():
        customers = _criteria[code].narrow(customers, given, on)
    return customers


def checked(definition: Mapping[str, Given], user: User) -> dict[str, dict[str, Any]]:
    """The definition as it is kept, empty criteria left out. Raises Invalid naming each that is unknown or makes no sense."""
    usable = {one.code: one for one in criteria_for(user)}
    kept: dict[str, dict[str, Any]] = {}
    errors = []
    for code, given in definition.items():
        if code not in usable:
            errors.append(FieldError(code, "unknown", _("没有这个选项，请重新选")))
            continue
        try:
            values = _values(usable[code], given)
        except (InvalidOperation, ValueError):
            errors.append(
                FieldError(
                    f"{code}_low" if not usable[code].choices else code, "wrong", _("要填数字，且不能前大后小。")
                )
            )
            continue
        if values:
            kept[code] = values
    if not errors and not kept:
        errors.append(FieldError("name", "empty", _("至少填一个条件。")))
    if errors:
        raise Invalid(errors)
    return kept


def _values(criterion: Criterion, given: Given) -> dict[str, Any]:
    if criterion.choices:
        wanted = [str(value) for value in given.get("values") or ()]
        if not set(wanted) <= {value for value, _label in criterion.choices}:
            raise ValueError
        return {"values": wanted} if wanted else {}
    if criterion.text:
        text = str(given.get("text") or "").strip()
        return {"text": text} if text else {}
    bounds = {name: str(Decimal(str(given[name]))) for name in ("low", "high") if given.get(name) not in (None, "")}
    if len(bounds) == 2 and Decimal(bounds["low"]) > Decimal(bounds["high"]):
        raise ValueError
    return bounds


def spoken(definition: Mapping[str, Given]) -> list[tuple[object, str]]:
    """Each criterion with what was entered, in words."""
    return [
        (_criteria[code].label, _words(_criteria[code], given))
        for code, given in definition.items()
        if code in _criteria
    ]


def _words(criterion: Criterion, given: Given) -> str:
    if criterion.choices:
        return " / ".join(str(label) for value, label in criterion.choices if value in given["values"])
    if criterion.text:
        return str(given["text"])
    low, high = given.get("low"), given.get("high")
    if low is None:
        return str(_("至多 %(high)s") % {"high": high})
    return str(_("至少 %(low)s") % {"low": low}) if high is None else f"{low} – {high}"


def between(customers: Customers, field: str, given: Given) -> Customers:
    """Narrow by an annotated or own number: from `low` to `high`, both included; what is unknown falls under no range."""
    if "low" in given:
        customers = customers.filter(**{f"{field}__gte": Decimal(given["low"])})
    if "high" in given:
        customers = customers.filter(**{f"{field}__lte": Decimal(given["high"])})
    return customers
