"""Which side's field the archive keeps when two customers become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Side
from kefu.customers.details import MEDICAL, PLAIN
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.rules import joined, side_kept
from kefu.foundation.access.checks import require
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User

COLUMNS: dict[str, tuple[str, ...]] = {"age": ("age_stated", "age_stated_on"), "source": ("source_id",)}
"""What a field of the archive is made of in the table, where it is not a column of its own name."""
FIELDS = ("name", "sex", "birth_date", "age", "source", *MEDICAL, *PLAIN)
LONG = frozenset({"medical_history", "caution", "remarks", "special_needs", "personality", "interests", "hobbies"})
"""Of these both sides can be kept, one under the other."""
CAREFUL = frozenset({"medical_history", "caution"})
"""Of these both sides are kept unless somebody decides otherwise: what is lost here may hurt."""
Changed = dict[str, tuple[object, object]]


def columns_of(field: str) -> tuple[str, ...]:
    """The columns of a field."""
    return COLUMNS.get(field, (field,))


def check_choices(choices: Mapping[str, str], survivor: Customer, merged: Customer, by: User) -> dict[str, Side]:
    """The sides somebody chose. Raises Invalid (`choices`) for what is no field or side, Forbidden for medical history without the right."""
    wrong = [
        name
        for name, side in choices.items()
        if name not in FIELDS or side not in Side.values or (side == Side.BOTH and name not in LONG)
    ]
    if wrong:
        message = _("这些项不能这样选：%s") % "、".join(wrong)
        raise Invalid([FieldError("choices", "unknown_choice", message)])
    for name in MEDICAL:
        if name in choices:
            require(by, CustomerPermission.MEDICAL_EDIT, customer=survivor)
            require(by, CustomerPermission.MEDICAL_EDIT, customer=merged)
    return {name: Side(side) for name, side in choices.items()}


def proposed(survivor: Customer, merged: Customer, field: str) -> Side:
    """The side a field is taken from unless somebody chooses: the survivor's, where it is filled."""
    return side_kept(_filled(survivor, field), _filled(merged, field), careful=field in CAREFUL)


def blended(survivor: Customer, merged: Customer, choices: Mapping[str, Side]) -> Changed:
    """The columns of the surviving archive that change, before and after. An empty side never wins; a number moves where there is none."""
    changed: Changed = {}
    for field in FIELDS:
        side = choices.get(field) or proposed(survivor, merged, field)
        if side is Side.SURVIVOR or not _filled(merged, field):
            continue
        for column in columns_of(field):
            mine, theirs = getattr(survivor, column), getattr(merged, column)
            changed[column] = (mine, joined(mine, theirs) if side is Side.BOTH and mine else theirs)
    if not survivor.archive_number and merged.archive_number:
        changed["archive_number"] = (survivor.archive_number, merged.archive_number)
    if "remarks" in changed and survivor.remarks_none:
        changed["remarks_none"] = (True, False)
    return {column: pair for column, pair in changed.items() if pair[0] != pair[1]}


def _filled(customer: Customer, field: str) -> bool:
    return getattr(customer, columns_of(field)[0]) not in (None, "")


def set_columns(customer_id: int, values: Mapping[str, object]) -> None:
    """Write columns of an archive that is locked."""
    if values:
        Customer.objects.filter(pk=customer_id).update(**values)


def read_back(column: str, kept: object) -> Any:
    """A value as it stood in the column, from what was kept of it."""
    [field] = [one for one in Customer._meta.concrete_fields if one.attname == column]
    return None if kept is None else field.to_python(kept)
