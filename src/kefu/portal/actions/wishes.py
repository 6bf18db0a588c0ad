"""What a customer does on the own pages: ask for a visit, take a time offered, take a request back, cancel (APT-001, APT-004, APT-007)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments import actions as desk
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import Channel
from kefu.appointments.models import Appointment, AppointmentRequest, OfferedTime
from kefu.appointments.queries import customer_bar, customer_may_cancel
from kefu.appointments.queries.requests import wish_key
from kefu.appointments.rules import Bar
from kefu.customers.actions.consents import give_consent, text_in_use
from kefu.customers.choices import ConsentMethod
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import action
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import User
from kefu.portal.models import Visit
from kefu.portal.queries.choosing import is_free
from kefu.portal.queries.mine import PRIVACY, appointments_of, privacy_notice, requests_of, waiting_of


@dataclass(frozen=True)
class Told:
    """What somebody says on the last page: who he or she is unless known, and that notice and summary were read."""

    name: str = ""
    sex: str = ""
    email: str = ""
    agreed: bool = False
    read_back: bool = False


@action
def request_visit(
    *, visit: Visit, customer: Customer | None, wish: Wish, told: Told, candidates: list[User], by: User, at: datetime
) -> AppointmentRequest:
    """Ask for a visit, or for another time of one; the centre answers within two working hours (APT-001, APT-004).

    `candidates` are the doctors who might be meant. Raises Invalid (`read_back`, `agreed`, `name`, `sex`, `email`), Refused `slot_taken`
    when the time is not free any more, `late` for a visit too near, `too_often` for one moved as often as it may be, and as `appointments.actions.ask` does.
    """
    if not told.read_back:
        raise Invalid.one("read_back", "required", _("请核对事项和时间，没有错再打勾。"))
    notice = privacy_notice(customer, at)
    if notice is not None and not told.agreed:
        raise Invalid.one("agreed", "required", _("请先看过隐私说明并同意。"))
    if wish.about is not None:
        _require_movable(wish.about, at)
    mine = [wish_key(one.pk) for one in waiting_of(visit, customer)]
    if wish.start is None or not is_free(candidates, wish.node, wish.type, wish.start, at, mine):
        raise Refused("slot_taken", _("这个时间刚被约走，请另选。"))
    text = text_in_use(PRIVACY, at) if notice is not None else None
    who = Asker(customer, told.name, told.sex, visit.phone, told.email)
    made = desk.ask(who=who, wish=wish, channel=Channel.ONLINE, consent_text=text, by=by, at=at)
    if text is not None and made.customer is not None and customer is not None:
        give_consent(customer=customer, scope=PRIVACY, method=ConsentMethod.ONLINE, by=by, at=at)
    return made


@action
def take_offer(
    *,
    visit: Visit,
    customer: Customer | None,
    request: AppointmentRequest,
    chosen: OfferedTime,
    read_back: bool,
    by: User,
    at: datetime,
) -> Appointment:
    """Take one of the times the centre offered; it is booked at once (APT-013). Raises OutOfScope for somebody else's request."""
    _require_mine(visit, customer, request)
    return desk.choose(request=request, chosen=chosen, read_back=read_back, by=by, at=at)


@action
def withdraw_request(
    *, visit: Visit, customer: Customer | None, request: AppointmentRequest, by: User, at: datetime
) -> None:
    """Take a request back. Raises OutOfScope for somebody else's."""
    _require_mine(visit, customer, request)
    desk.withdraw(request=request, by=by, at=at)


@action
def cancel_visit(*, customer: Customer | None, appointment: Appointment, by: User, at: datetime) -> Appointment:
    """Cancel a visit at least a day ahead; its time is free at once (APT-007). Raises Refused `late`, OutOfScope for somebody else's."""
    if not appointments_of(customer).filter(pk=appointment.pk).exists():
        raise OutOfScope()
    _require_time(appointment, at)
    return desk.cancel_by_customer(appointment=appointment, by=by, at=at)


def _require_mine(visit: Visit, customer: Customer | None, request: AppointmentRequest) -> None:
    if not requests_of(visit, customer).filter(pk=request.pk).exists():
        raise OutOfScope()


def _require_movable(appointment: Appointment, at: datetime) -> None:
    """Raises Refused `late`, or `too_often` once it was moved as often as it may be."""
    if customer_bar(appointment, at) == Bar.TOO_OFTEN:
        raise Refused("too_often", _("这个预约改过几次了，再改请打电话。"))
    _require_time(appointment, at)


def _require_time(appointment: Appointment, at: datetime) -> None:
    if not customer_may_cancel(appointment, at):
        raise Refused("late", _("离就诊时间太近，网上改不了了，请打电话。"))
