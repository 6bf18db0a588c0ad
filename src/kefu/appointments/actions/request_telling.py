"""What customers and colleagues are told of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from kefu.appointments.choices import Channel
from kefu.appointments.limits import ALTERNATIVES, REQUEST_HOURS
from kefu.appointments.models import AppointmentRequest, OfferedTime
from kefu.appointments.queries.requests import ALERTED, WARNED, colleagues_for
from kefu.appointments.sentences import LATE, TAKEN_BACK, moment
from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.outbox.actions import withdraw
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.realtime.publishing import of_node, publish
from kefu.messaging.actions.numbers import send_to_number
from kefu.messaging.actions.sending import send
from kefu.messaging.models import Message
from kefu.organisation.models import User

SUBJECT = "appointments.request"
WAITING = (State.PENDING, State.SENDING, State.HELD)
OTHER = "其他时间请来电"
"""Stands for a time where fewer than three could be offered; messages to customers are in Chinese."""


@within_action
def tell_received(*, request: AppointmentRequest, by: User, at: datetime) -> None:
    """The customer hears that the request is here and until when we answer."""
    hours = REQUEST_HOURS.on(at, node_id=request.node_id)
    _send(request, "appt_request_received", {"hours": hours}, "received", by, at)


@within_action
def tell_offers(*, request: AppointmentRequest, offers: Sequence[OfferedTime], by: User, at: datetime) -> None:
    """The customer hears which other times there are (APT-004, APT-013)."""
    times = [_words(one.start) for one in offers] + [OTHER] * ALTERNATIVES.on(at)
    values = {f"option{place}": words for place, words in enumerate(times[:3], 1)}
    until = min(one.until for one in offers)
    _send(request, "appt_alternatives", values, f"offer-{offers[0].pk}", by, at, expires_at=until)


@within_action
def take_back(*, request: AppointmentRequest, by: User, at: datetime) -> None:
    """What waits to leave about a request, to the customer or to the number of a stranger, is not true any more."""
    letters = Message.objects.filter(subject_kind=SUBJECT, subject_id=request.pk, outbox__state__in=WAITING)
    to_number = OutboxMessage.objects.filter(subject_kind=SUBJECT, subject_id=request.pk, state__in=WAITING)
    found = {*letters.values_list("outbox", flat=True), *to_number.values_list("pk", flat=True)}
    for customer_id in {None, request.customer_id} if found else ():
        withdraw(customer_id=customer_id, only=found, reason=TAKEN_BACK.code, by=by, at=at)


@within_action
def tell_lapsed(*, request: AppointmentRequest, by: User, at: datetime) -> None:
    """The customer hears that the times offered count no more."""
    _send(request, "appt_alternative_expired", {}, f"lapsed-{at.timestamp():.0f}", by, at)


@within_action
def alert(*, request: AppointmentRequest, by: User, at: datetime) -> None:
    """Service and health managers of the centre hear of what customers sent themselves (APT-012)."""
    publish_change(request=request)
    if request.channel not in (Channel.ONLINE, Channel.WECHAT):
        return
    users = [user for user in colleagues_for(request.node, ALERTED) if user.pk != by.pk]
    deadline = moment(request.due_at)
    tell(users=users, code="manager_request_alert", values={"deadline": deadline}, link=_page(request),
         customer_id=request.customer_id, at=at)  # fmt: skip


@within_action
def warn(*, request: AppointmentRequest, at: datetime) -> None:
    """They and those above them hear that nobody answered in time (APT-012)."""
    words = LATE(due=moment(request.due_at))
    tell(users=colleagues_for(request.node, (*ALERTED, *WARNED)), code="request_late", text=words, link=_page(request),
         customer_id=request.customer_id, at=at)  # fmt: skip
    publish_change(request=request)


@within_action
def publish_change(*, request: AppointmentRequest) -> None:
    """Open pages of the centre fetch what waits anew."""
    publish(of_node(request.node_id), "requests", {"id": request.pk})


def _send(
    request: AppointmentRequest,
    template: str,
    values: Mapping[str, object],
    what: str,
    by: User,
    at: datetime,
    *,
    expires_at: datetime | None = None,
) -> None:
    """To the customer, or to the number of somebody who is not in the archive yet."""
    key, subject = f"appointment-request:{request.pk}:{what}", Subject(SUBJECT, request.pk)
    if request.customer is not None:
        send(customer=request.customer, template=template, values=values, subject=subject, key=key, expires_at=expires_at, by=by, at=at)  # fmt: skip
    elif request.phone:
        person = {"name": request.name, "sex": request.sex}
        send_to_number(number=request.phone, person=person, node=request.node, template=template, values=values, key=key,
                       subject=subject, expires_at=expires_at, at=at)  # fmt: skip


def _page(request: AppointmentRequest) -> str:
    return f"/appointments/requests/{request.pk}/"


def _words(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日{local:%H:%M}"
