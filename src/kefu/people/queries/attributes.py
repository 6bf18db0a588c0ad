"""What is so of colleagues on a day, for rotas, appraisals and whatever else asks (ORG-015)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from kefu.organisation.models import User
from kefu.people.choices import Attribute, Skill, WorkStage, YesNo
from kefu.people.models import StaffAttribute, StaffProfile
from kefu.people.queries.registers import registered

LISTS = {Attribute.SKILL: Skill, Attribute.STAGE: WorkStage, Attribute.RESERVE: YesNo, Attribute.PART_TIME: YesNo}
"""Attributes that know only certain values; the others are words."""
GROUPS: dict[str, tuple[Attribute, str]] = {
    "trainee": (Attribute.STAGE, WorkStage.TRAINEE),
    "probation": (Attribute.STAGE, WorkStage.PROBATION),
    "reserve": (Attribute.RESERVE, YesNo.YES),
    "part_time": (Attribute.PART_TIME, YesNo.YES),
}
"""Those somebody may look for."""


@dataclass(frozen=True)
class StaffOn:
    """A colleague's attributes on a day; empty where nothing was written down."""

    job_type: str = ""
    skill: str = ""
    shift_group: str = ""
    stage: str = ""
    reserve: bool = False
    part_time: bool = False
    locker: str = ""
    started_on: date | None = None

    def kept(self) -> dict[str, str]:
        """By attribute, as the history keeps it."""
        flags = {Attribute.RESERVE: self.reserve, Attribute.PART_TIME: self.part_time}
        words = {name: getattr(self, name) for name in Attribute.values if name not in flags}
        return words | {name: YesNo.YES.value if flag else "" for name, flag in flags.items()}

    @property
    def skill_label(self) -> str:
        """The skill level in the reader's language."""
        return str(Skill(self.skill).label) if self.skill else ""

    @property
    def stage_label(self) -> str:
        """The stage in the reader's language."""
        return str(WorkStage(self.stage).label) if self.stage else ""


def staff_on(people: Iterable[User], day: date) -> dict[int, StaffOn]:
    """User id to what was so of each of these people on that day, in two queries."""
    found: dict[int, dict[str, Any]] = {person.pk: {} for person in people}
    for user_id, began in StaffProfile.objects.filter(user__in=found).values_list("user_id", "started_on"):
        found[user_id]["started_on"] = began
    for row in StaffAttribute.objects.filter(user__in=found).on_day(day):
        flag = LISTS.get(Attribute(row.attribute)) is YesNo
        found[row.user_id][row.attribute] = row.value == YesNo.YES if flag else row.value
    return {user_id: StaffOn(**values) for user_id, values in found.items()}


def holding(attribute: Attribute, value: str, day: date) -> QuerySet[StaffAttribute, int]:
    """The ids of those of whom this is so on a day, e.g. the reserve pool."""
    counting = StaffAttribute.objects.on_day(day).filter(attribute=attribute)
    return StaffAttribute.objects.filter(pk__in=counting.values("pk"), value=value).values_list("user_id", flat=True)


def attributes_listed(reader: User, asked: Mapping[str, str], at: datetime) -> QuerySet[User]:
    """The colleagues as their page shows them: of a group (`show`), of a shift group (`q`)."""
    today, people = timezone.localdate(at), registered(reader)
    if group := GROUPS.get(asked.get("show", "")):
        people = people.filter(pk__in=holding(*group, today))
    if shift_group := asked.get("q", "").strip()[:40]:
        people = people.filter(pk__in=holding(Attribute.SHIFT_GROUP, shift_group, today))
    return people


def history_of(person: User) -> QuerySet[StaffAttribute]:
    """Every change, by attribute, the newest first."""
    return StaffAttribute.objects.filter(user=person).select_related("by")


def value_label(attribute: str, value: str) -> str:
    """A value in the reader's language; a flag without one is no."""
    options = LISTS.get(Attribute(attribute))
    value = value or (YesNo.NO if options is YesNo else "")
    return str(options(value).label) if options and value else value
