"""Settling messages that could not be filed: file them after all, or say that nothing has to be done (LAB-007)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, Refused
from kefu.lab.actions.messages import KIND
from kefu.lab.actions.processing import Outcome, file_parts, read_parts, try_to_file
from kefu.lab.choices import MessageState
from kefu.lab.hl7 import HL7Error
from kefu.lab.models import Message, Order
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.matching import Held, Link, sender_of
from kefu.lab.rules.reasons import Reason
from kefu.lab.sentences import FILED_AFTER_CHECK
from kefu.lab.wording import explain
from kefu.organisation.models import User

OPEN = (MessageState.QUARANTINED, MessageState.REJECTED)
WAITS_FOR_SAMPLE = (Reason.NOT_CHECKED_IN, Reason.TOO_EARLY)


@action
def file_again(
    *, message: Message, order: Order | None = None, person_confirmed: bool = False, reason: str, by: User, at: datetime
) -> Message:
    """File a message that waited: as it is now understood, or for the order a person found it belongs to.

    Another person than the order's is accepted only when confirmed. What the sender was told stays what it was told.
    Raises Invalid without a reason, Refused `not_waiting`, `still_held` with what keeps it.
    """
    require(by, LabPermission.MESSAGE_HANDLE)
    held, reason = _open(message, reason)
    if order is not None:
        require(by, LabPermission.MESSAGE_HANDLE, customer=order.customer)
    try:
        sender = sender_of(held.application, held.facility)
        parts = read_parts(message=held, sender=sender)
        link = Link(order, person_confirmed)
        outcome = file_parts(message=held, parts=parts, sender=sender, link=link, by=by, at=at)
    except Held as obstacle:
        words = _("还不能归档：%s") % explain(obstacle.reason, obstacle.details)
        raise Refused("still_held", words, {"reason": str(obstacle.reason), "details": obstacle.details}) from obstacle
    except HL7Error as error:
        raise Refused("still_held", _("还不能归档：%s") % error.message, {"reason": str(Reason.UNREADABLE)}) from error
    before = held.state
    _settle(held, outcome, reason, by, at)
    record(
        "lab.message.filed_again", by=by, at=at, subject=Subject(KIND, held.pk), node_id=held.node_id, reason=reason,
        customer_id=order.customer_id if order else None,
        changes={"state": (before, held.state), "order": (None, order.number if order else None),
                 "person_confirmed": (None, person_confirmed)},
    )  # fmt: skip
    return held


@action
def dismiss(*, message: Message, reason: str, by: User, at: datetime) -> Message:
    """Say that nothing has to be done about a message that waits; it stays, with the reason.

    Raises Invalid without a reason, Refused `not_waiting`.
    """
    require(by, LabPermission.MESSAGE_HANDLE)
    held, reason = _open(message, reason)
    before = held.state
    held.state, held.handled_by, held.handled_at, held.handled_reason = MessageState.DISMISSED, by, at, reason
    held.save()
    record("lab.message.dismissed", by=by, at=at, subject=Subject(KIND, held.pk), node_id=held.node_id, reason=reason,
           changes={"state": (before, held.state)})  # fmt: skip
    return held


@action
def file_waiting(*, order: Order, by: User, at: datetime) -> int:
    """After the samples of an order were accepted: file what had come too early. Answers how many messages were filed."""
    require(by, LabPermission.REPORT_FILE)
    filed = 0
    waiting = Message.objects.filter(orders=order, state=MessageState.QUARANTINED, reason__in=WAITS_FOR_SAMPLE)
    for message in list(waiting.order_by("pk").select_for_update(of=("self",), no_key=True)):
        sender = sender_of(message.application, message.facility)
        outcome = try_to_file(message=message, sender=sender, by=by, at=at)
        if outcome.state == MessageState.FILED:
            _settle(message, outcome, FILED_AFTER_CHECK.code, by, at)
            record("lab.message.filed_later", by=by, at=at, subject=Subject(KIND, message.pk), node_id=message.node_id,
                   changes={"state": (MessageState.QUARANTINED, message.state)})  # fmt: skip
            filed += 1
    if not filed:
        nothing_changed()
    return filed


def _open(message: Message, reason: str) -> tuple[Message, str]:
    reason = reason.strip()[:200]
    held = Message.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
    if held.state not in OPEN:
        raise Refused("not_waiting", _("这条消息已经处理过了。"))
    if not reason:
        raise Invalid.one("reason", "required", _("请写明原因"))
    return held, reason


def _settle(message: Message, outcome: Outcome, reason: str, by: User, at: datetime) -> None:
    """A message that waited is settled; its answer and the error it was answered with stay."""
    message.state = outcome.state
    message.handled_by, message.handled_at, message.handled_reason = by, at, reason
    nodes = {order.node_id for order in outcome.orders}
    if len(nodes) == 1:
        message.node_id = nodes.pop()
    message.save()
    message.orders.set(outcome.orders)
