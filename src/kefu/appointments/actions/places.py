"""A free time offered to who waits: kept for some working hours, then taken, refused, or passed on to the next (APT-003, APT-013)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from psycopg.types.range import TimestamptzRange

from kefu.appointments.actions.bookings import book
from kefu.appointments.actions.holds import hold_slot
from kefu.appointments.actions.moves import move
from kefu.appointments.actions.places_telling import take_news_back, tell_of_place
from kefu.appointments.actions.taking import let_go
from kefu.appointments.actions.waitlist_noting import KIND, become, locked_entry
from kefu.appointments.choices import OCCUPYING, Channel, PlaceAnswer, WaitState
from kefu.appointments.hearing import hearing_of
from kefu.appointments.limits import WAITLIST_CHANCES
from kefu.appointments.models import Appointment, OfferedPlace, WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.requests import kept_for
from kefu.appointments.queries.waitlist import later_visit, longing, offer_until, open_place
from kefu.appointments.rules import Slot
from kefu.appointments.sentences import (
    DAYS_OVER,
    DID_NOT_SUIT,
    NEVER_ANSWERED,
    NOT_ANSWERED,
    NOT_REACHED,
    PLACE_DECLINED,
    PLACE_FREE,
    PLACE_LAPSED,
    PLACE_UNHEARD,
    WAIT_OVER,
    moment,
)
from kefu.appointments.visitors import require_desk
from kefu.customers.choices import Stage
from kefu.customers.holding import hold_expected
from kefu.foundation.audit.trail import Subject, action, nothing_changed, within_action
from kefu.foundation.jobs.defer import defer
from kefu.foundation.sentences.saying import Sentence
from kefu.kernel.errors import Invalid, Refused
from kefu.messaging.actions import send
from kefu.messaging.choices import SAID_SOMETHING
from kefu.messaging.composing import centre_values
from kefu.organisation.models import User


@action
def offer_place(*, entry: WaitlistEntry, doctor: User, slot: Slot, by: User, at: datetime) -> OfferedPlace | None:
    """Keep a free time for somebody who waits, and tell her until when; None where that is of no use: she is busy then, had it before, is
    closed, or would not hear of it early enough to answer.

    Raises Refused as `hold_slot` when somebody was faster, and as `hold`.
    """
    row = locked_entry(entry=entry)
    until = offer_until(row.node, slot.start, at)
    waits = row.state == WaitState.WAITING and row.customer.stage != Stage.CLOSED
    if not waits or _is_busy(row, slot, at) or _had(row, slot) or not _hears(row, until, at):
        nothing_changed()
        return None
    place = OfferedPlace.objects.create(entry=row, doctor=doctor, start=slot.start, at=at, until=until)
    hold_slot(doctor=doctor, node=row.node, start=slot.start, type=row.type_id, customer=row.customer, until=until, holder=place.key,
              by=by, at=at)  # fmt: skip
    words = PLACE_FREE(when=moment(slot.start), doctor=doctor.name, until=moment(until))
    become(
        entry=row,
        state=WaitState.OFFERED,
        words=words,
        by=by,
        at=at,
        changes={"start": (None, slot.start), "until": (None, until)},
    )
    tell_of_place(place=place, by=by, at=at)
    defer("appointments.place_over", schedule_at=until, place_id=place.pk)
    return place


@action
def take_place(*, place: OfferedPlace, read_back: bool, instead: bool = False, by: User, at: datetime) -> Appointment:
    """The customer takes the time kept for her: it is booked out of the hold at once (APT-013).

    `instead` of a later visit for the same: that one is moved here, and counts for no limit of changes, as we offered it.
    Raises Invalid (`read_back`) unless item and time were confirmed, and for what must be known of who comes (APT-014); Refused `offer_over` once it counts no more, else as `book`.
    """
    row, found = _locked(place)
    require_desk(by, AppointmentPermission.BOOK, row.node_id)
    if not found.counts(at):
        raise Refused("offer_over", _("为您保留的时间已到期，请重新选。"))
    if not read_back:
        raise Invalid.one("read_back", "required", _("请先把事项和时间读给客户听，客户确认后再打勾。"))
    hold_expected(row.customer_id)
    _answer(found, PlaceAnswer.TAKEN, by, at)
    later = later_visit(found) if instead else None
    if later is not None:
        return move(appointment=later, start=found.start, doctor=found.doctor, on_us=True, by=by, at=at)
    return book(
        customer=row.customer, doctor=found.doctor, node=row.node, type=row.type_id, start=found.start, channel=Channel(row.channel),
        note=row.note, held=kept_for([found.key]).first(), by=by, at=at,
    )  # fmt: skip


@action
def decline_place(*, place: OfferedPlace, by: User, at: datetime) -> WaitlistEntry:
    """The customer does not want this time and goes on waiting in her place; the next one is offered it. Raises Refused `offer_over`."""
    row, found = _locked(place)
    require_desk(by, AppointmentPermission.BOOK, row.node_id)
    if not found.counts(at):
        raise Refused("offer_over", _("为您保留的时间已到期，请重新选。"))
    _answer(found, PlaceAnswer.DECLINED, by, at)
    _wait_on(row, found, PLACE_DECLINED, DID_NOT_SUIT, by, at)
    return row


@action
def lapse_place(*, place: OfferedPlace, by: User, at: datetime) -> bool:
    """Pass a time on to the next that nobody took until its hour. Answers whether it did.

    A chance is lost only to who knew of it: by the message, or because somebody talked to her meanwhile.
    """
    row, found = _locked(place, resting=True)
    if found.answer != PlaceAnswer.OPEN or found.until > at:
        nothing_changed()
        return False
    knew = found.told or _spoken_with(row, found)
    _answer(found, PlaceAnswer.LAPSED if knew else PlaceAnswer.UNREACHED, by, at)
    unanswered = knew and row.places.filter(answer=PlaceAnswer.LAPSED).count() >= WAITLIST_CHANCES.on(
        at, node_id=row.node_id
    )
    if unanswered or longing(row).over(at):
        why = NEVER_ANSWERED if unanswered else DAYS_OVER
        _give_back(found, by, at)
        become(entry=row, state=WaitState.EXPIRED, words=WAIT_OVER(type=row.type, state=WaitState.EXPIRED), reason=why.code, by=by, at=at,
               lines=[why])  # fmt: skip
    else:
        words, why = (PLACE_LAPSED, NOT_ANSWERED) if knew else (PLACE_UNHEARD, NOT_REACHED)
        _wait_on(row, found, words, why, by, at)
    if knew:
        send(customer=row.customer, template="appt_alternative_expired", values=centre_values(row.node), subject=Subject(KIND, row.pk),
             key=f"waitlist-place:{found.pk}:lapsed", by=by, at=at)  # fmt: skip
    return True


@within_action
def void_place(*, entry: WaitlistEntry, by: User, at: datetime) -> None:
    """Give back what is kept for somebody who waits no longer; it goes to the next."""
    place = open_place(entry)
    if place is not None:
        _answer(place, PlaceAnswer.VOID, by, at)
        _give_back(place, by, at)


def _locked(place: OfferedPlace, *, resting: bool = False) -> tuple[WaitlistEntry, OfferedPlace]:
    """The entry locked, and the time as it stands now."""
    row = locked_entry(entry=place.entry, resting=resting)
    return row, OfferedPlace.objects.select_related("doctor", "message__outbox").get(pk=place.pk)


def _is_busy(row: WaitlistEntry, slot: Slot, at: datetime) -> bool:
    theirs = Appointment.with_holds.standing(at).filter(customer=row.customer, status__in=OCCUPYING)
    return theirs.filter(during__overlap=TimestamptzRange(slot.start, slot.end)).exists()


def _had(row: WaitlistEntry, slot: Slot) -> bool:
    return row.places.filter(doctor=slot.doctor_id, start=slot.start).exists()


def _hears(row: WaitlistEntry, until: datetime, at: datetime) -> bool:
    return until > at and hearing_of([row.customer], row.node, at).in_time(row.customer_id, until)


def _spoken_with(row: WaitlistEntry, place: OfferedPlace) -> bool:
    return row.customer.contact_attempts.filter(at__gte=place.at, outcome__in=SAID_SOMETHING).exists()


def _answer(place: OfferedPlace, answer: PlaceAnswer, by: User, at: datetime) -> None:
    place.answer, place.answered_at = answer, at
    place.save(update_fields=["answer", "answered_at"])
    take_news_back(place=place, by=by, at=at)


def _give_back(place: OfferedPlace, by: User, at: datetime) -> None:
    let_go(holds=kept_for([place.key]), by=by, at=at)


def _wait_on(row: WaitlistEntry, place: OfferedPlace, words: Sentence, why: Sentence, by: User, at: datetime) -> None:
    _give_back(place, by, at)
    told = words(when=moment(place.start))
    become(entry=row, state=WaitState.WAITING, words=told, reason=why.code, by=by, at=at)
