"""Weekly reconciliation: what a centre deducted in a week, the weeks nobody reconciled, the sheets that wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateField, Exists, OuterRef, Prefetch, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from kefu.billing.choices import EntryKind
from kefu.billing.models import Prepaid, PrepaidEntry, PrepaidWeek, PrepaidWeekLine
from kefu.billing.models.weeks import PrepaidWeekQuerySet
from kefu.billing.permissions import BillingPermission
from kefu.billing.rules import week_of
from kefu.foundation.access.queries import access_of
from kefu.organisation.choices import Level
from kefu.organisation.models import Node, User

WEEK = timedelta(days=7)
WEEKS_BACK = 13
"""So many weeks before the running one are looked at: what nobody reconciled within a quarter is history."""
MONDAY = TruncWeek("on", output_field=DateField())
"""The first day of an entry's week."""


@dataclass(frozen=True)
class OpenWeek:
    """A week of a centre that nobody reconciled, with the units deducted in it."""

    node: Node
    monday: date
    units: int

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + WEEK - timedelta(days=1)


@dataclass(frozen=True)
class Used:
    """A package with what was deducted of it in a week: the units, and the deductions themselves."""

    prepaid: Prepaid
    units: int
    entries: list[PrepaidEntry]


def first_week(at: datetime) -> date:
    """The Monday of the first week that is still looked at."""
    return week_of(timezone.localdate(at)) - WEEKS_BACK * WEEK


def deducted(first: date) -> QuerySet[PrepaidEntry]:
    """Deductions from a day on that were not taken back."""
    return PrepaidEntry.objects.filter(kind=EntryKind.DEDUCTED, countered_by__isnull=True, on__gte=first)


def used_in(node_id: int, monday: date) -> list[Used]:
    """What a centre deducted in a week, by package, in the order of their numbers. One query."""
    rows = deducted(monday).filter(node=node_id, on__lt=monday + WEEK)
    found: dict[int, Used] = {}
    for entry in rows.select_related("prepaid__customer", "served_by").order_by("prepaid_id", "on", "pk"):
        before = found.get(entry.prepaid_id, Used(entry.prepaid, 0, []))
        found[entry.prepaid_id] = Used(entry.prepaid, before.units - entry.units, [*before.entries, entry])
    return list(found.values())


def reconciled_by(user: User) -> QuerySet[Node]:
    """The places whose weeks a person may reconcile: the sheet names every customer of the place."""
    nodes = access_of(user).reach(BillingPermission.PREPAID_RECONCILE).nodes(Level.ACT)
    return Node.objects.all() if nodes is None else Node.objects.filter(pk__in=nodes)


def weeks_to_reconcile(user: User, at: datetime, *, running: bool = False, most: int | None = None) -> list[OpenWeek]:
    """Weeks that are over (`running`: this one too) with deductions and without a standing sheet, the oldest first, `most` of them.

    Looks `WEEKS_BACK` weeks back. Two queries.
    """
    this = week_of(timezone.localdate(at))
    standing = PrepaidWeek.objects.standing().filter(node=OuterRef("node"), monday=OuterRef("monday"))
    rows = deducted(first_week(at)).filter(node__in=reconciled_by(user), on__lt=this + WEEK if running else this)
    weeks = rows.annotate(monday=MONDAY).filter(~Exists(standing)).order_by("monday", "node").values("monday", "node")
    counted = list(weeks.annotate(gone=Sum("units"))[:most])
    nodes = Node.objects.in_bulk({row["node"] for row in counted})
    return [OpenWeek(nodes[row["node"]], row["monday"], -row["gone"]) for row in counted]


def weeks_listed(user: User, asked: Mapping[str, str], _at: datetime) -> PrepaidWeekQuerySet:
    """Sheets within reach with the lines of the customers within reach, only those that wait for a second person (`show=waiting`) or all."""
    rows = PrepaidWeek.objects.visible_to(user).select_related("node", "by", "confirmed_by", "dropped_by")
    rows = rows.waiting() if asked.get("show") == "waiting" else rows
    lines = PrepaidWeekLine.objects.filter(prepaid__in=Prepaid.objects.visible_to(user))
    return rows.prefetch_related(Prefetch("lines", lines.select_related("prepaid__customer", "entry")))


def weeks_to_confirm(user: User) -> PrepaidWeekQuerySet:
    """Sheets of others with differences that wait for the person as the second one."""
    rows = PrepaidWeek.objects.waiting().exclude(by=user).filter(node__in=reconciled_by(user))
    return rows.select_related("node", "by").order_by("monday", "pk")
