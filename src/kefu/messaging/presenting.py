"""Messages and contacts as rows of a screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.outbox.choices import STOPPED, State, Unready
from kefu.kernel.phones import mask
from kefu.messaging.choices import Channel, Direction, Outcome
from kefu.messaging.models import ContactAttempt, Message
from kefu.messaging.ports.screen import SCREEN
from kefu.messaging.queries import WITHHELD


@dataclass(frozen=True)
class StatusView:
    """A status as the component `ui/status.html` takes it."""

    tone: str
    icon: str
    word: object


STATUSES = {
    State.PENDING: StatusView("move", "clock", State.PENDING.label),
    State.SENDING: StatusView("move", "send", State.SENDING.label),
    State.SENT: StatusView("done", "check", State.SENT.label),
    State.DELIVERED: StatusView("done", "checks", State.DELIVERED.label),
    State.HELD: StatusView("pause", "player-pause", State.HELD.label),
    State.DEAD: StatusView("late", "alert-triangle", State.DEAD.label),
    State.CANCELLED: StatusView("quiet", "x", State.CANCELLED.label),
    WITHHELD: StatusView("quiet", "ban", _("没有发出")),
}


SHOWN = StatusView("quiet", "eye", _("只在屏幕上显示"))


@dataclass(frozen=True)
class MessageRow:
    """A message with its status, the reason if it stopped, a masked address, what it cost, and whether it may be sent again."""

    message: Message
    status: StatusView
    why: object
    address: str
    cost: Decimal | None
    stopped: bool


@dataclass(frozen=True)
class ContactRow:
    """A contact with its status."""

    contact: ContactAttempt
    status: StatusView


def message_rows(messages: Iterable[Message]) -> list[MessageRow]:
    """Messages as rows, in the order given."""
    return [
        MessageRow(each, _status(each), _why(each), masked(each.channel, each.address), _cost(each), _stopped(each))
        for each in messages
    ]


def contact_rows(contacts: Iterable[ContactAttempt]) -> list[ContactRow]:
    """Contacts as rows, in the order given."""
    return [ContactRow(each, _outcome(each)) for each in contacts]


def _status(message: Message) -> StatusView:
    if message.state == State.SENT and message.outbox and message.outbox.via == SCREEN:
        return SHOWN
    return STATUSES[message.state]


def _why(message: Message) -> object:
    if message.withheld:
        return message.get_withheld_display()
    if message.state == State.HELD and message.outbox:
        why = message.outbox.last_error.partition(":")[0]
        return Unready(why).label if why in Unready.values else _("%s通道没有开通") % message.get_channel_display()
    if message.state == State.DEAD and message.outbox:
        instead = getattr(message, "replacement", None)
        return _("客户收不到微信，已改走%s") % instead.get_channel_display() if instead else message.outbox.last_error
    if message.state == State.CANCELLED and message.outbox and message.outbox.last_error == "expired":
        return _("过了该发的时间")
    return ""


def masked(channel: str, address: str) -> str:
    """An address as pages show it: enough to know it by, not enough to use it."""
    if channel == Channel.SMS:
        return mask(address) if address else ""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}" if at else f"{name[:2]}***" if name else ""


def _stopped(message: Message) -> bool:
    """Whether somebody has to see to it: what went by another way needs nobody."""
    return message.state in STOPPED and not hasattr(message, "replacement")


def _cost(message: Message) -> Decimal | None:
    costs = [cost.amount for cost in message.costs.all()]
    return sum(costs, Decimal(0)) if costs else None


def _outcome(contact: ContactAttempt) -> StatusView:
    inward = contact.direction == Direction.IN
    if contact.outcome == Outcome.REACHED:
        return StatusView("done", "phone-incoming" if inward else "phone-outgoing", contact.get_outcome_display())
    tone = "late" if contact.outcome in {Outcome.REFUSED, Outcome.WRONG_NUMBER} else "soon"
    return StatusView(tone, "phone-off", contact.get_outcome_display())
