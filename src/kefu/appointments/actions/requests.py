"""A request is entered, answered with other times, booked, declined, or taken back (APT-001, APT-004, APT-012, APT-013)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.asking import check_asker, check_wish, register
from kefu.appointments.actions.bookings import book
from kefu.appointments.actions.keeping import give_back, keep, keep_wished
from kefu.appointments.actions.moves import move
from kefu.appointments.actions.request_telling import alert, publish_change, tell_offers, tell_received
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import ANSWERABLE, Channel, RequestState
from kefu.appointments.limits import ALTERNATIVES, OFFER_HOURS
from kefu.appointments.models import Appointment, AppointmentRequest, OfferedTime, RequestStep
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.requests import Proposal, offer_key, offers_of, request_due
from kefu.appointments.queries.slots import free_slots
from kefu.appointments.queries.types import bookable_type
from kefu.appointments.rules import Slot
from kefu.appointments.sentences import ASKED, ASKED_TO_MOVE, NOT_BOOKED, OFFERED, WISHED, moment
from kefu.appointments.visitors import require_desk
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold, hold_expected, hold_living
from kefu.customers.models import ConsentText
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.jobs.defer import defer
from kefu.foundation.outbox.actions import adopt
from kefu.foundation.sentences.saying import Said
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.worktime import WorkAmount, WorkUnit, due
from kefu.organisation.models import User

KIND = "appointments.request"
REASON = 200


@action
def ask(
    *, who: Asker, wish: Wish, channel: Channel, consent_text: ConsentText | None = None, by: User, at: datetime
) -> AppointmentRequest:
    """Enter a request; service and health managers of the centre hear of it, and the clock of two working hours starts (APT-001, APT-012).

    A number that belongs to a customer makes it that customer's request; a time wished for that is free is held until then. Raises Invalid (`name`, `sex`, `phone`, `email`, `wish`),
    Refused `too_many_requests` on the public page, `already_asked`, `status` for another time of a visit that is over, `died`.
    """
    require_desk(by, AppointmentPermission.BOOK, wish.node.pk)
    who = check_asker(who)
    if who.customer is not None:
        hold_living(who.customer.pk)
    check_wish(who=who, wish=wish, by=by, at=at)
    row = AppointmentRequest.objects.create(
        customer=who.customer, name=who.name, sex=who.sex, phone=who.phone, email=who.email, about=wish.about, channel=Channel(channel),
        type=wish.about.type if wish.about else bookable_type(wish.type, wish.node), node=wish.node, doctor=wish.doctor, wished=wish.start, wish=wish.words, consent_text=consent_text,
        submitted_at=at, due_at=request_due(wish.node, at), by=by,
    )  # fmt: skip
    _step(row, "", by, at)
    _record(row, "asked", by, at, {"channel": (None, row.channel), "due": (None, row.due_at)})
    words = ASKED_TO_MOVE if row.about_id else ASKED
    told = words(type=row.type, channel=Channel(row.channel))
    _fact(row, told, [WISHED(when=moment(row.wished))] if row.wished else [], by, at)
    keep_wished(request=row, by=by, at=at)
    tell_received(request=row, by=by, at=at)
    alert(request=row, by=by, at=at)
    defer("appointments.request_due", schedule_at=row.due_at, request_id=row.pk)
    return row


@action
def offer(*, request: AppointmentRequest, times: Sequence[Proposal], by: User, at: datetime) -> list[OfferedTime]:
    """Tell the customer up to three other times, each once, which count for some working hours and are held as long (APT-004, APT-013).

    Raises Invalid (`times`) for none, too many, or one that is not free any more, and for what must be known of who comes
    (APT-014); Refused `answered`.
    """
    row = _locked(request)
    require_desk(by, AppointmentPermission.BOOK, row.node_id)
    _need(row)
    most, times = ALTERNATIVES.on(at), list(dict.fromkeys(times))
    if not 1 <= len(times) <= most:
        raise Invalid.one("times", "count", _("请选 1 到 %d 个时间。") % most)
    if row.customer is not None:
        hold_expected(row.customer.pk)
    give_back(request=row, by=by, at=at)
    slots = [_free(row, one, at) for one in times]
    amount = WorkAmount(max(OFFER_HOURS.on(at, node_id=row.node_id), 1), WorkUnit.WORKING_HOURS)
    until = min(due(calendar_for(row.node), at, amount), *(one.start for one in times))
    offers = OfferedTime.objects.bulk_create(
        [OfferedTime(request=row, doctor=one.doctor, start=one.start, at=at, until=until) for one in times]
    )
    for one, slot in zip(offers, slots, strict=True):
        keep(request=row, doctor=one.doctor, slot=slot, key=offer_key(one.pk), until=until, by=by, at=at)
    _answer(row, RequestState.OFFERED, "", by, at)
    told = "、".join(moment(one.start) for one in times)
    _fact(row, OFFERED(times=told), [], by, at)
    tell_offers(request=row, offers=offers, by=by, at=at)
    defer("appointments.offers_over", schedule_at=until, request_id=row.pk)
    return offers


@action
def accept(
    *, request: AppointmentRequest, doctor: User, start: datetime, read_back: bool, by: User, at: datetime
) -> Appointment:
    """Give the request a time: the slot is taken, a new person becomes a lead, a request to move moves the visit (APT-004, APT-013).

    Raises Invalid (`read_back`) unless item and time were read to the customer, and for what must be known of who comes (APT-014); Refused
    `answered` and as `book` and `move` do.
    """
    row = _locked(request)
    require_desk(by, AppointmentPermission.BOOK, row.node_id)
    _need(row)
    if not read_back:
        raise Invalid.one("read_back", "required", _("请先把事项和时间读给客户听，客户确认后再打勾。"))
    give_back(request=row, by=by, at=at)
    if row.customer is None:
        row.customer = register(request=row, by=by, at=at)
        adopt(subject=Subject(KIND, row.pk), customer_id=row.customer.pk)
    if row.about is not None:
        row.appointment = move(
            appointment=row.about, doctor=doctor, node=row.node, start=start, reason=row.wish, by=by, at=at
        )
    else:
        hold_expected(row.customer.pk)
        row.appointment = book(
            customer=row.customer, doctor=doctor, node=row.node, type=row.type_id, start=start,
            channel=Channel(row.channel), note=row.wish, by=by, at=at,
        )  # fmt: skip
    _answer(row, RequestState.BOOKED, "", by, at, read_back=True)
    return row.appointment


@action
def choose(*, request: AppointmentRequest, chosen: OfferedTime, read_back: bool, by: User, at: datetime) -> Appointment:
    """The customer takes one of the times offered. Raises Refused `offer_over` once it counts no more, else as `accept`."""
    if chosen not in offers_of(request, at):
        raise Refused("offer_over", _("为您保留的时间已到期，请重新选。"))
    return accept(request=request, doctor=chosen.doctor, start=chosen.start, read_back=read_back, by=by, at=at)


@action
def decline(*, request: AppointmentRequest, reason: str, by: User, at: datetime) -> AppointmentRequest:
    """End a request without a booking. Raises Invalid (`reason`), Refused `answered`."""
    row = _locked(request)
    require_desk(by, AppointmentPermission.BOOK, row.node_id)
    _need(row)
    _end(row, RequestState.DECLINED, _read_reason(reason, needed=True), by, at)
    return row


@action
def withdraw(*, request: AppointmentRequest, reason: str = "", by: User, at: datetime) -> AppointmentRequest:
    """The customer takes a request back. Raises Refused `answered`."""
    row = _locked(request)
    require_desk(by, AppointmentPermission.BOOK, row.node_id)
    _need(row)
    _end(row, RequestState.WITHDRAWN, _read_reason(reason, needed=False), by, at)
    return row


@action
def reveal_phone(*, request: AppointmentRequest, purpose: str, by: User, at: datetime) -> str:
    """Answer the number from which a request came in full and write who saw it and what for.

    Raises Invalid (`reason`) without a purpose, Forbidden, OutOfScope (SEC-001, SEC-003).
    """
    require(by, CustomerPermission.CONTACT_REVEAL, node_id=request.node_id)
    if not purpose.strip():
        raise Invalid.one("reason", "required", _("请写明查看的用途。"))
    record("appointments.request.phone_revealed", by=by, at=at, subject=Subject(KIND, request.pk), customer_id=request.customer_id,
           node_id=request.node_id, reason=purpose.strip(), kind=Kind.REVEAL)  # fmt: skip
    return request.phone


def _locked(request: AppointmentRequest) -> AppointmentRequest:
    """The customer first, then the request."""
    if request.customer_id is not None:
        hold(request.customer_id)
    rows = AppointmentRequest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("customer", "doctor", "node", "about__doctor").get(pk=request.pk)
    if row.customer_id != request.customer_id:
        raise Refused("answered", _("这个申请刚由同事办过，请重新打开。"))
    return row


def _free(row: AppointmentRequest, wanted: Proposal, at: datetime) -> Slot:
    found = free_slots(wanted.doctor, row.node, timezone.localdate(wanted.start), at, row.type_id)
    slot = next((one for one in found if one.start == wanted.start), None)
    if slot is None:
        raise Invalid.one("times", "not_free", _("%s 已经不空，请另选。") % moment(wanted.start))
    return slot


def _need(row: AppointmentRequest) -> None:
    if row.state not in ANSWERABLE:
        raise Refused("answered", _("这个申请现在是“%(state)s”，不用再办。") % {"state": row.get_state_display()})


def _read_reason(reason: str, *, needed: bool) -> str:
    if needed and not reason.strip():
        raise Invalid.one("reason", "required", _("请写明为什么约不成。"))
    if len(reason.strip()) > REASON:
        raise Invalid.one("reason", "too_long", _("原因最多 200 个字。"))
    return reason.strip()


def _end(row: AppointmentRequest, state: RequestState, reason: str, by: User, at: datetime) -> None:
    give_back(request=row, by=by, at=at)
    _answer(row, state, reason, by, at)
    _fact(row, NOT_BOOKED(state=state), [reason] if reason else [], by, at)


def _answer(
    row: AppointmentRequest, state: RequestState, reason: str, by: User, at: datetime, *, read_back: bool = False
) -> None:
    before, row.state, row.answered_at = row.state, state, row.answered_at or at
    if row.late(at) and row.breached_at is None:
        row.breached_at = at
    row.save(update_fields=["state", "answered_at", "breached_at", "customer", "appointment"])
    _step(row, reason, by, at, read_back=read_back)
    changes = {"state": (before, state), "read_back": (False, read_back), "late": (False, row.breached_at is not None)}
    _record(row, state, by, at, changes, reason)
    publish_change(request=row)


def _step(row: AppointmentRequest, reason: str, by: User, at: datetime, *, read_back: bool = False) -> None:
    RequestStep.objects.create(request=row, state=row.state, reason=reason, read_back=read_back, by=by, at=at)


def _record(
    row: AppointmentRequest,
    verb: str,
    by: User,
    at: datetime,
    changes: dict[str, tuple[object, object]],
    reason: str = "",
) -> None:
    record(f"appointments.request.{verb}", by=by, at=at, subject=Subject(KIND, row.pk), customer_id=row.customer_id,
           node_id=row.node_id, changes=changes, reason=reason)  # fmt: skip


def _fact(row: AppointmentRequest, item: Said, lines: Sequence[str | Said], by: User, at: datetime) -> None:
    if row.customer_id is not None:
        record_fact(customer=row.customer_id, kind=FactKind.APPOINTMENT, item=item, lines=lines, subject=Subject(KIND, row.pk), by=by, at=at)  # fmt: skip
