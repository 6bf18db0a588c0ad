"""Writing down what is so of colleagues from a day on, for one or for many at once (ORG-015)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User
from kefu.people.choices import Attribute, YesNo
from kefu.people.models import StaffAttribute
from kefu.people.permissions import PeoplePermission
from kefu.people.queries.attributes import LISTS, staff_on

LONGEST = 40


@action
def set_attributes(
    *, people: Sequence[User], changes: Mapping[str, str], valid_from: date, by: User, at: datetime
) -> int:
    """Say what is so of these people from a day on; what was so before stays to be read. Answers how many changed.

    Keys are those of Attribute; an empty value ends one. Writing the same day again corrects it. Raises Invalid (`people`,
    a key with a value it does not know, `locker` when a colleague of the place has it).
    """
    if not people:
        raise Invalid.one("people", "required", _("请先选择员工。"))
    for person in people:
        require(by, PeoplePermission.REGISTER_EDIT, node_id=person.node_id)
    tidy = {name: "" if _says_no(name, value) else value.strip() for name, value in changes.items()}
    held = _held(people, place=people[0].node_id if tidy.get(Attribute.LOCKER) else None)
    errors = [*_unknown(tidy), *_lockers(people, tidy.get(Attribute.LOCKER, ""), valid_from)]
    if errors:
        raise Invalid(errors)
    before = staff_on(held, valid_from)
    changed = [person for person in held if _write(person, tidy, before[person.pk].kept(), valid_from, by, at)]
    if not changed:
        nothing_changed()
    return len(changed)


def _says_no(name: str, value: str) -> bool:
    return value == YesNo.NO and name in Attribute.values and LISTS.get(Attribute(name)) is YesNo


def _held(people: Sequence[User], place: int | None) -> list[User]:
    """These people, locked; with everybody of the place where it is about what only one of them may have."""
    asked = [one.pk for one in people]
    whom = Q(pk__in=asked) | Q(node=place) if place else Q(pk__in=asked)
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(whom).order_by("pk")
    return [one for one in rows if one.pk in asked]


def _write(
    person: User, wanted: Mapping[str, str], was: Mapping[str, str], valid_from: date, by: User, at: datetime
) -> bool:
    changed = {name: value for name, value in wanted.items() if was[name] != value}
    for name, value in changed.items():
        StaffAttribute.objects.update_or_create(
            user=person, attribute=name, valid_from=valid_from, defaults={"value": value, "by": by, "at": at}
        )
    if changed:
        record(
            "people.attributes.set", by=by, at=at, subject=Subject("user", person.pk), node_id=person.node_id,
            changes={"valid_from": (None, valid_from)} | {name: (was[name], value) for name, value in changed.items()},
        )  # fmt: skip
    return bool(changed)


def _unknown(changes: Mapping[str, str]) -> list[FieldError]:
    errors = []
    for name, value in changes.items():
        if name not in Attribute.values:
            errors.append(FieldError(name, "unknown", _("没有这一项。")))
        elif len(value) > LONGEST:
            errors.append(FieldError(name, "too_long", _("最多 40 个字。")))
        elif value and (options := LISTS.get(Attribute(name))) and value not in options.values:
            errors.append(FieldError(name, "unknown", _("没有这个选项，请重新选")))
    return errors


def _lockers(people: Sequence[User], locker: str, day: date) -> list[FieldError]:
    """A locker is one person's at a place."""
    if not locker:
        return []
    if len(people) > 1:
        return [FieldError("locker", "one_person", _("一个柜子只能给一个人。"))]
    others = User.objects.filter(node=people[0].node_id, is_active=True).exclude(pk=people[0].pk)
    holders = staff_on(others, day)
    taken = next((one for one in others if holders[one.pk].locker == locker), None)
    if taken is None:
        return []
    return [FieldError("locker", "taken", _("%(name)s在用 %(locker)s 号柜。") % {"name": taken.name, "locker": locker})]
