"""Who waits, in which order, and which free times suit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import OCCUPYING, ExceptionKind, PlaceAnswer, WaitState
from kefu.appointments.limits import HORIZON, WAITLIST_HOURS, WAITLIST_LEAD_MINUTES
from kefu.appointments.models import Appointment, ClinicSchedule, OfferedPlace, ScheduleException, WaitlistEntry
from kefu.appointments.models.waitlist import WaitlistQuerySet
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.clinics import clinicians, day_span
from kefu.appointments.queries.slots import days_between, free_of
from kefu.appointments.rules import ONE_DAY, Slot
from kefu.appointments.waitlist_rules import Longing, answer_by
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.errors import Refused
from kefu.kernel.worktime import WorkAmount, WorkUnit, due
from kefu.organisation.models import Node, User
from kefu.people.models import Doctor

AT_ONCE = 200
"""So many who wait at one centre are looked at in one go."""
PEOPLE = ("customer__node", "customer__doctor", "customer__health_manager", "node", "doctor")
Offered = set[tuple[int, int, datetime]]


@dataclass(frozen=True)
class Match:
    """Somebody who waits, and the free times that suit, the earliest first."""

    entry: WaitlistEntry
    slots: list[Slot]
    doctors: dict[int, User]


def longing(entry: WaitlistEntry) -> Longing:
    """What an entry waits for, as the rules take it."""
    return Longing(entry.first, entry.last, entry.doctor_id, entry.parts, entry.hour)


def queue(user: User, permission: AppointmentPermission = AppointmentPermission.BOOK) -> WaitlistQuerySet:
    """Who waits within the user's scope, whoever came first first."""
    return WaitlistEntry.objects.visible_to(user, permission).open().select_related(*PEOPLE).order_by("since", "id")


def waiting_nodes() -> QuerySet[Node]:
    """The centres at which somebody waits for a time."""
    waiting = WaitlistEntry.objects.filter(state=WaitState.WAITING)
    return Node.objects.filter(pk__in=waiting.values("node")).order_by("pk")


def nodes_of(doctors: Iterable[int]) -> QuerySet[Node]:
    """Those among them at which one of these doctors receives: a time of theirs, or the way to it, may be free. One query."""
    who = list(doctors)
    weekly = ClinicSchedule.objects.filter(doctor__in=who).values("node")
    extra = ScheduleException.objects.filter(doctor__in=who, kind=ExceptionKind.EXTRA).values("node")
    return waiting_nodes().filter(Q(pk__in=weekly) | Q(pk__in=extra))


def doctors_of_booking(appointment_id: int) -> set[int]:
    """The doctor of a booking, and the former ones, whose time it gave back."""
    rows = Appointment.objects.filter(pk=appointment_id).values_list("doctor_id", "changes__doctor_before")
    return {pk for row in rows for pk in row if pk is not None}


def offer_until(node: Node, start: datetime, at: datetime) -> datetime:
    """Until when a time that is free now is kept for somebody who waits; a moment that has passed where it begins too soon."""
    amount = WorkAmount(max(WAITLIST_HOURS.on(at, node_id=node.pk), 1), WorkUnit.WORKING_HOURS)
    return answer_by(due(calendar_for(node), at, amount), start, _lead(node, at))


def suiting(node: Node, type: str, wanted: Longing, at: datetime) -> list[Slot]:
    """The free times that suit what somebody would wait for, the earliest first; there is nothing to wait for while there are some."""
    people = _people(node, wanted.first, wanted.last, at)
    found = _free(people, node, type, wanted.first, wanted.last, at)
    return [slot for slot in found if wanted.suits(slot.start, slot.doctor_id)]


def matches(node: Node, at: datetime) -> Iterator[Match]:
    """Who waits at a centre and what suits, in the order of the queue: nothing a customer was offered before, or is somewhere else at."""
    waiting = (
        WaitlistEntry.objects.filter(node=node, state=WaitState.WAITING).select_related("node").order_by("since", "id")
    )
    rows = [row for row in waiting[:AT_ONCE] if not longing(row).over(at)]
    if not rows:
        return
    first, last = min(row.first for row in rows), max(row.last for row in rows)
    people, soonest = _people(node, first, last, at), at + _lead(node, at)
    free = {code: _free(people, node, code, first, last, at) for code in sorted({row.type_id for row in rows})}
    offered, busy = _offered(rows), _busy({row.customer_id for row in rows}, first, last, at)
    for row in rows:
        wanted = longing(row)
        fitting = [
            slot for slot in free[row.type_id]
            if wanted.suits(slot.start, slot.doctor_id) and slot.start > soonest and (row.pk, slot.doctor_id, slot.start) not in offered
            and not any(start < slot.end and slot.start < end for start, end in busy[row.customer_id])
        ]  # fmt: skip
        yield Match(row, fitting, people)


def open_place(entry: WaitlistEntry) -> OfferedPlace | None:
    """The time that is kept for who waits."""
    return entry.places.filter(answer=PlaceAnswer.OPEN).select_related("doctor", "message").first()


def place_answered(entry: WaitlistEntry, number: int | None) -> OfferedPlace:
    """The time that an answer speaks of, whatever became of it. Raises Refused `offer_over` where it was never offered to who waits here."""
    place = entry.places.select_related("entry", "doctor").filter(pk=number).first()
    if place is None:
        raise Refused("offer_over", _("现在没有为客户保留的时间。"))
    return place


def _people(node: Node, first: date, last: date, at: datetime) -> dict[int, User]:
    """Who holds clinic there in those days and may see customers (ORG-003)."""
    practising = Doctor.objects.practising(timezone.localdate(at)).values_list("user_id", flat=True)
    return clinicians([node], first, last, set(practising))


def _free(people: dict[int, User], node: Node, type: str, first: date, last: date, at: datetime) -> list[Slot]:
    today = timezone.localdate(at)
    days = days_between(max(first, today), min(last, today + HORIZON.on(at, node_id=node.pk) * ONE_DAY))
    found = free_of(list(people), [node], days, at, type) if people else []
    return sorted(found, key=lambda slot: (slot.start, people[slot.doctor_id].job_number))


def _lead(node: Node, at: datetime) -> timedelta:
    return timedelta(minutes=WAITLIST_LEAD_MINUTES.on(at, node_id=node.pk))


def _offered(rows: Sequence[WaitlistEntry]) -> Offered:
    places = OfferedPlace.objects.filter(entry__in=[row.pk for row in rows])
    return set(places.values_list("entry_id", "doctor_id", "start"))


def _busy(
    customers: Collection[int], first: date, last: date, at: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    """When these customers are somewhere already, held times included."""
    found: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    theirs = Appointment.with_holds.standing(at).filter(
        customer__in=customers, status__in=OCCUPYING, during__overlap=day_span(first, last)
    )
    for customer_id, during in theirs.values_list("customer_id", "during"):
        found[customer_id].append((during.lower, during.upper))
    return found


def ahead_of(entry: WaitlistEntry) -> int:
    """How many wait at the centre who came before."""
    before = Q(since__lt=entry.since) | Q(since=entry.since, pk__lt=entry.pk)
    return WaitlistEntry.objects.open().filter(before, node=entry.node_id).count()
