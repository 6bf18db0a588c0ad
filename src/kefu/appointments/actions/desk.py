"""Booking and moving at the desk and on the telephone: who it is, what for and when are made sure of first (APT-011, APT-013)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.bookings import book
from kefu.appointments.actions.moves import move
from kefu.appointments.choices import AppointmentStatus, Channel
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.sentences import READ_BACK
from kefu.appointments.wording import plain
from kefu.customers.actions import check_identity
from kefu.customers.choices import CheckMethod, CheckResult
from kefu.customers.holding import hold_expected
from kefu.customers.models import Customer
from kefu.customers.queries.reading import identity_check_of
from kefu.foundation.audit.trail import action, within_action
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, User

IN_PERSON = (Channel.PHONE, Channel.ON_SITE)
"""Who calls or comes is asked who he or she is; an online request is verified when it is answered."""


@action
def book_at_desk(
    *, customer: Customer, doctor: User, node: Node, type: str, start: datetime, channel: Channel, read_back: bool,
    method: str = "", card: str = "", note: str = "", key: str = "", by: User, at: datetime,
) -> Appointment:  # fmt: skip
    """Book for somebody who calls or is here.

    Raises Invalid: `read_back` when item and time were not confirmed, `method` when nobody knows yet who it is, `card` when the card is
    not this customer's; `name`, `sex`, `contact` when they are not known; otherwise as `book` (APT-011, APT-013, APT-014).
    """
    _need_read_back(read_back)
    hold_expected(customer.pk)
    if channel in IN_PERSON and identity_check_of(customer, at) is None:
        verify(customer=customer, method=method, card=card, by=by, at=at)
    row = book(
        customer=customer,
        doctor=doctor,
        node=node,
        type=type,
        start=start,
        channel=channel,
        note=note,
        key=key,
        by=by,
        at=at,
    )
    if not row.changes.filter(reason=READ_BACK.code).exists():  # the same form once more books once
        _write_down(row, by, at)
    return row


@action
def book_known(
    *, customer: Customer, doctor: User, node: Node, type: str, start: datetime, channel: Channel, note: str = "", key: str = "", by: User, at: datetime,
) -> Appointment:  # fmt: skip
    """Book for somebody whose name, sex and contact are known, as another system does. Raises Invalid for what is missing (APT-014)."""
    hold_expected(customer.pk)
    return book(
        customer=customer,
        doctor=doctor,
        node=node,
        type=type,
        start=start,
        channel=channel,
        note=note,
        key=key,
        by=by,
        at=at,
    )


@action
def move_at_desk(
    *, appointment: Appointment, start: datetime, doctor: User, node: Node, read_back: bool, reason: str = "", override: bool = False, by: User, at: datetime,
) -> Appointment:  # fmt: skip
    """Move a booking after the new time was read back. Raises Invalid `read_back`, otherwise as `move` (APT-013)."""
    _need_read_back(read_back)
    row = move(
        appointment=appointment, start=start, doctor=doctor, node=node, reason=reason, override=override, by=by, at=at
    )
    _write_down(row, by, at)
    return row


@action
def read_card(*, card: str, by: User, at: datetime) -> Customer:
    """Somebody is here with a membership card: that says who it is, and counts as verified (APT-011).

    Raises Invalid `card` when no customer within reach has it.
    """
    having = (
        Customer.objects.visible_to(by)
        .in_use()
        .filter(card_number__in={card.strip(), plain(card)})
        .exclude(card_number="")
    )
    found = having.first()
    if found is None:
        raise Invalid.one("card", "unknown", _("没有这张会员卡的客户，请核对卡号或按姓名查找。"))
    verify(customer=found, method="", card=card, by=by, at=at)
    return found


@within_action
def verify(*, customer: Customer, method: str, card: str, by: User, at: datetime) -> None:
    """Write how the identity was verified: the membership card that was read, or another way (APT-011, CUS-037)."""
    if card.strip():
        if not customer.card_number or plain(card) != plain(customer.card_number):
            raise Invalid.one("card", "other_card", _("这不是这位客户的会员卡，请核对。"))
        method = CheckMethod.ACCOUNT
    if not method:
        raise Invalid.one("method", "required", _("请先核对身份：刷会员卡，或选核对的办法。"))
    check_identity(customer=customer, method=method, result=CheckResult.PASSED, by=by, at=at)


def _need_read_back(confirmed: bool) -> None:
    if not confirmed:
        raise Invalid.one("read_back", "required", _("请把事项和时间读给客户听，客户确认后打勾。"))


def _write_down(row: Appointment, by: User, at: datetime) -> None:
    AppointmentChange.objects.create(
        appointment=row, status=AppointmentStatus(row.status), reason=READ_BACK.code, by=by, at=at
    )
