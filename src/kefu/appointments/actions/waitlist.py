"""The waitlist: who finds no time that suits is put on it, taken off it, or has waited long enough (APT-004, APT-013, APT-017)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.freeing import look_again
from kefu.appointments.actions.places import void_place
from kefu.appointments.actions.waitlist_noting import become, locked_entry, need_waiting, write_step
from kefu.appointments.asked import WaitWish
from kefu.appointments.choices import Channel, PartOfDay, WaitState
from kefu.appointments.events import AppointmentBooked, AppointmentMoved
from kefu.appointments.limits import ALTERNATIVES, HORIZON, WAITLIST_ENTRIES
from kefu.appointments.models import Appointment, WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.clinics import clinicians
from kefu.appointments.queries.types import bookable_type
from kefu.appointments.queries.waitlist import longing, on_waitlist, suiting
from kefu.appointments.rules import ONE_DAY
from kefu.appointments.sentences import DAYS_OVER, WAIT_OVER, WAITS, WAITS_FOR, moment
from kefu.appointments.visitors import require_desk
from kefu.appointments.waitlist_rules import Longing
from kefu.customers.choices import Stage
from kefu.customers.holding import hold_living
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import action, nothing_changed, within_action
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User

WORDS = 200


@action
def join_waitlist(
    *, customer: Customer, wish: WaitWish, channel: Channel, note: str = "", by: User, at: datetime
) -> WaitlistEntry:
    """Put a customer on the waitlist of a centre, behind whoever came before.

    Raises Invalid (`first`, `last`, `parts`, `doctor`, `type`, `note`), Refused `still_free` with `alternatives` while something that suits is
    free, `already_waiting`, `too_many_waiting`, `died`, `closed`.
    """
    require_desk(by, AppointmentPermission.BOOK, wish.node.pk)
    hold_living(customer.pk)
    if Customer.objects.filter(pk=customer.pk, stage=Stage.CLOSED).exists():
        raise Refused("closed", _("这位客户已停止服务，请先恢复，再候补。"))
    wanted = bookable_type(wish.type, wish.node)
    _check(wish, note, at)
    _check_place_in_line(customer, wish, at)
    parts = [part for part in PartOfDay.values if part in wish.parts]
    row = WaitlistEntry(
        customer=customer, type=wanted, node=wish.node, doctor=wish.doctor, first=max(wish.first, timezone.localdate(at)), last=wish.last,
        parts=parts, hour=wish.hour, channel=Channel(channel), note=note.strip(), since=at, by=by,
    )  # fmt: skip
    _refuse_while_free(row, at)
    row.save(force_insert=True)
    write_step(entry=row, verb="joined", words=_waits(row), by=by, at=at, lines=[row.note] if row.note else [],
               changes={"first": (None, row.first), "last": (None, row.last), "channel": (None, row.channel)})  # fmt: skip
    look_again(node_id=row.node_id)
    return row


@action
def leave_waitlist(*, entry: WaitlistEntry, reason: str = "", by: User, at: datetime) -> WaitlistEntry:
    """The customer waits no longer; a time that is kept for her goes to the next. Raises Invalid (`reason`), Refused `settled`."""
    row = locked_entry(entry=entry)
    require_desk(by, AppointmentPermission.BOOK, row.node_id)
    need_waiting(entry=row)
    if len(reason.strip()) > WORDS:
        raise Invalid.one("reason", "too_long", _("原因最多 200 个字。"))
    _end(row, WaitState.WITHDRAWN, reason.strip(), by, at)
    return row


@action
def expire_entry(*, entry: WaitlistEntry, by: User, at: datetime) -> bool:
    """Who waited for days that are over waits no longer. Answers whether they are; a time kept for her runs out first."""
    row = locked_entry(entry=entry, resting=True)
    if row.state != WaitState.WAITING or not longing(row).over(at):
        nothing_changed()
        return False
    _end(row, WaitState.EXPIRED, DAYS_OVER.code, by, at)
    return True


@within_action
def fulfil(*, event: AppointmentBooked | AppointmentMoved) -> None:
    """Who has by whatever way a time that she waited for waits no longer."""
    if not on_waitlist(event.customer_id):
        return
    booked = Appointment.objects.get(pk=event.appointment_id)
    entries = WaitlistEntry.objects.open().filter(customer_id=event.customer_id)
    for row in entries.select_related("node", "doctor"):
        same = (row.type_id, row.node_id) == (booked.type_id, booked.node_id)
        if same and longing(row).suits(booked.start, booked.doctor_id):
            row.appointment = booked
            _end(row, WaitState.BOOKED, "", event.by, event.at)


@within_action
def withdraw_waiting(*, customer_id: int, reason: str, by: User, at: datetime) -> None:
    """Take a customer off every waitlist who will not come, or for whom nothing is planned any more."""
    rows = WaitlistEntry.objects.select_for_update(of=("self",), no_key=True).select_related("node", "doctor")
    for row in rows.open().filter(customer_id=customer_id).order_by("pk"):
        _end(row, WaitState.WITHDRAWN, reason[:WORDS], by, at)


def _end(row: WaitlistEntry, state: WaitState, reason: str, by: User, at: datetime) -> None:
    void_place(entry=row, by=by, at=at)
    why = [Said(reason)] if reason else []
    become(entry=row, state=state, words=WAIT_OVER(type=row.type, state=state), reason=reason, by=by, at=at, lines=why)


def _waits(row: WaitlistEntry) -> Said:
    if row.doctor is None:
        return WAITS(type=row.type, node=row.node)
    return WAITS_FOR(type=row.type, node=row.node, doctor=row.doctor.name)


def _check(wish: WaitWish, note: str, at: datetime) -> None:
    today, faults = timezone.localdate(at), []
    if wish.last < today or wish.last > today + HORIZON.on(at, node_id=wish.node.pk) * ONE_DAY:
        faults.append(
            FieldError(
                "last", "out_of_reach", _("只能候补从今天到 %d 天内的时间。") % HORIZON.on(at, node_id=wish.node.pk)
            )
        )
    if wish.last < wish.first:
        faults.append(FieldError("last", "order", _("最后一天不能早于第一天。")))
    if unknown := set(wish.parts) - set(PartOfDay.values):
        faults.append(FieldError("parts", "unknown", _("没有这个时段：%s。") % "、".join(sorted(unknown))))
    if len(note.strip()) > WORDS:
        faults.append(FieldError("note", "too_long", _("最多写 200 个字。")))
    if not faults and wish.doctor and not clinicians([wish.node], wish.first, wish.last, {wish.doctor.pk}):
        faults.append(FieldError("doctor", "elsewhere", _("这位医生那些天不在这个中心出诊。")))
    if not faults and Longing(wish.first, wish.last, hour=wish.hour).over(at):
        faults.append(FieldError("last", "past", _("这个时间已经过去了。")))
    if faults:
        raise Invalid(faults)


def _check_place_in_line(customer: Customer, wish: WaitWish, at: datetime) -> None:
    waiting = WaitlistEntry.objects.open().filter(customer=customer)
    if waiting.filter(type__code=wish.type, node=wish.node, doctor=wish.doctor).exists():
        raise Refused("already_waiting", _("这位客户已经在候补这个事项。"))
    if waiting.count() >= (most := WAITLIST_ENTRIES.on(at, node_id=wish.node.pk)):
        raise Refused("too_many_waiting", _("一位客户最多同时候补 %d 个。") % most)


def _refuse_while_free(row: WaitlistEntry, at: datetime) -> None:
    found = suiting(row, at)[: ALTERNATIVES.on(at)]
    if found:
        told: dict[str, object] = {
            "alternatives": [{"start": slot.start.isoformat(), "end": slot.end.isoformat()} for slot in found]
        }
        times = "、".join(moment(slot.start) for slot in found)
        raise Refused("still_free", _("这段时间还有空档：%s。请直接预约，或把候补的范围改小。") % times, told)
