"""Who waits, in which order, and which free times suit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import (
    OCCUPYING,
    ON_WAITLIST,
    AppointmentStatus,
    Channel,
    ExceptionKind,
    PlaceAnswer,
    WaitState,
)
from kefu.appointments.limits import HORIZON, WAITLIST_HOURS, WAITLIST_LEAD_MINUTES
from kefu.appointments.models import Appointment, ClinicSchedule, OfferedPlace, ScheduleException, WaitlistEntry
from kefu.appointments.models.waitlist import FreeTime, WaitlistQuerySet
from kefu.appointments.online import offline_doctors
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
"""So many whom a free time suits are looked at in one go at one centre."""
PEOPLE = ("customer__node", "customer__doctor", "customer__health_manager", "node", "doctor")
OVERDUE = timedelta(minutes=5)
Offered = set[tuple[int, int, datetime]]
Span = tuple[datetime, datetime]


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


def on_waitlist(customer_id: int) -> bool:
    """Whether a customer waits for anything; plain SQL, since every booking asks."""
    states = [state.value for state in ON_WAITLIST]
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, [customer_id, states])
        return bool(cursor.fetchone())


_WAITS = "SELECT 1 FROM appointments_waitlistentry WHERE customer_id = %s AND state = ANY(%s) LIMIT 1"


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


def suiting(entry: WaitlistEntry, at: datetime) -> list[Slot]:
    """The free times that suit what somebody would wait for and that an offer could still reach, the earliest first; there is nothing to
    wait for while there are some."""
    wanted = longing(entry)
    people = _people(entry.node, wanted.first, wanted.last, at)
    if entry.channel == Channel.ONLINE:
        people = _online(people, at)
    found = _free(people, entry.node, entry.type_id, wanted.first, wanted.last, at)
    busy = _busy([entry.customer_id], wanted.first, wanted.last, at)[entry.customer_id]
    return [slot for slot in found if wanted.suits(slot.start, slot.doctor_id) and not _overlaps(slot, busy)]


def matches(node: Node, at: datetime) -> list[Match]:
    """Who waits at a centre and what suits, in the order of the queue: nothing a customer was offered before, or is somewhere else at.

    Only those whom a free time suits count towards `AT_ONCE`, however many wait before them for something else.
    """
    waiting = WaitlistEntry.objects.filter(node=node, state=WaitState.WAITING).served()
    days = waiting.aggregate(first=Min("first"), last=Max("last"))
    if days["first"] is None:
        return []
    people = _people(node, days["first"], days["last"], at)
    online = _online(people, at)
    codes = waiting.order_by("type__code").values_list("type__code", flat=True).distinct()
    free = {code: _free(people, node, code, days["first"], days["last"], at) for code in codes}
    times = [
        FreeTime(code, slot.doctor_id, slot.start, slot.doctor_id in online) for code in free for slot in free[code]
    ]
    fitting = waiting.fitting(times).select_related("node", *PEOPLE).order_by("since", "id")[:AT_ONCE]
    rows = [row for row in fitting if not longing(row).over(at)]
    offered, busy = _offered(rows), _busy({row.customer_id for row in rows}, days["first"], days["last"], at)
    return [
        Match(row, [slot for slot in free[row.type_id] if _fits(row, slot, online, offered, busy[row.customer_id])], people)
        for row in rows
    ]  # fmt: skip


def _fits(row: WaitlistEntry, slot: Slot, online: Collection[int], offered: Offered, busy: Sequence[Span]) -> bool:
    may_have = row.channel != Channel.ONLINE or slot.doctor_id in online
    new = (row.pk, slot.doctor_id, slot.start) not in offered
    return may_have and new and longing(row).suits(slot.start, slot.doctor_id) and not _overlaps(slot, busy)


def place_told_by(outbox_id: int) -> OfferedPlace | None:
    """The time of which a message tells that is on its way out, while it is kept."""
    rows = OfferedPlace.objects.filter(
        Q(message__outbox=outbox_id) | Q(message__replacement__outbox=outbox_id), answer=PlaceAnswer.OPEN
    )
    return rows.select_related("entry__customer__health_manager", "message__outbox").first()


def overdue_places(at: datetime) -> list[int]:
    """Times whose hour to be passed on went by some while ago: nobody did it then."""
    late = OfferedPlace.objects.filter(answer=PlaceAnswer.OPEN, until__lte=at - OVERDUE)
    return list(late.order_by("pk").values_list("pk", flat=True))


def open_place(entry: WaitlistEntry) -> OfferedPlace | None:
    """The time that is kept for who waits."""
    return entry.places.filter(answer=PlaceAnswer.OPEN).select_related("doctor", "message__outbox").first()


def later_visit(place: OfferedPlace) -> Appointment | None:
    """The visit for the same at the same centre that the customer has after a time kept for her: the next one."""
    entry = place.entry
    theirs = Appointment.objects.filter(customer=entry.customer_id, type=entry.type, node=entry.node_id)
    rows = theirs.filter(status=AppointmentStatus.BOOKED, during__startswith__gt=place.start).select_related("doctor")
    return rows.order_by("during", "pk").first()


def place_answered(entry: WaitlistEntry, number: int | None) -> OfferedPlace:
    """The time that an answer speaks of, whatever became of it. Raises Refused `offer_over` where it was never offered to who waits here."""
    place = entry.places.select_related("entry", "doctor").filter(pk=number or 0).first()
    if place is None:
        raise Refused("offer_over", _("现在没有为客户保留的时间。"))
    return place


def _people(node: Node, first: date, last: date, at: datetime) -> dict[int, User]:
    """Who holds clinic there in those days and may see customers (ORG-003)."""
    practising = Doctor.objects.practising(timezone.localdate(at)).values_list("user_id", flat=True)
    return clinicians([node], first, last, set(practising))


def _online(people: dict[int, User], at: datetime) -> dict[int, User]:
    """Those among them whom customers book by themselves."""
    offline = offline_doctors(at)
    return {pk: user for pk, user in people.items() if user.job_number not in offline}


def _free(people: dict[int, User], node: Node, type: str, first: date, last: date, at: datetime) -> list[Slot]:
    today = timezone.localdate(at)
    days = days_between(max(first, today), min(last, today + HORIZON.on(at, node_id=node.pk) * ONE_DAY))
    found = free_of(list(people), [node], days, at, type) if people else []
    soonest = at + _lead(node, at)
    return sorted(
        (slot for slot in found if slot.start > soonest),
        key=lambda slot: (slot.start, people[slot.doctor_id].job_number),
    )


def _lead(node: Node, at: datetime) -> timedelta:
    return timedelta(minutes=WAITLIST_LEAD_MINUTES.on(at, node_id=node.pk))


def _offered(rows: Sequence[WaitlistEntry]) -> Offered:
    places = OfferedPlace.objects.filter(entry__in=[row.pk for row in rows])
    return set(places.values_list("entry_id", "doctor_id", "start"))


def _busy(customers: Collection[int], first: date, last: date, at: datetime) -> dict[int, list[Span]]:
    """When these customers are somewhere already, held times included."""
    found: dict[int, list[Span]] = defaultdict(list)
    theirs = Appointment.with_holds.standing(at).filter(
        customer__in=customers, status__in=OCCUPYING, during__overlap=day_span(first, last)
    )
    for customer_id, during in theirs.values_list("customer_id", "during"):
        found[customer_id].append((during.lower, during.upper))
    return found


def _overlaps(slot: Slot, busy: Iterable[Span]) -> bool:
    return any(start < slot.end and slot.start < end for start, end in busy)


def ahead_of(entry: WaitlistEntry) -> int:
    """How many wait at the centre who came before."""
    before = Q(since__lt=entry.since) | Q(since=entry.since, pk__lt=entry.pk)
    return WaitlistEntry.objects.open().filter(before, node=entry.node_id).count()
