"""Reading laboratory messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kefu.lab.choices import MessageState
from kefu.lab.hl7 import HL7Error, Segment, read
from kefu.lab.models import Message, Order
from kefu.lab.queries.matching import sender_of
from kefu.lab.queries.orders import with_people
from kefu.organisation.models import User

LONGEST = 200_000
PRIVATE = frozenset({11, 13, 14, 19})
"""PID fields nobody needs to tell whose results these are: address, telephones, identity number."""
HIDDEN = "•••"
OPEN = (MessageState.QUARANTINED, MessageState.REJECTED)


@dataclass(frozen=True)
class Text:
    """A message as text; `decoded` is False when its bytes could only be shown one by one."""

    lines: list[str]
    decoded: bool
    cut: bool


def inbox(user: User, state: str = "") -> QuerySet[Message]:
    """Messages within scope, without their bytes; order and page by `-received_at, -id`."""
    rows = Message.objects.visible_to(user).defer("raw", "answer")
    return rows.filter(state=state) if state in MessageState.values else rows


def inbox_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Message]:
    """The messages as their page lists them: by state (`state`), the latest first."""
    return inbox(user, asked.get("state", "")).order_by("-received_at", "-id")


def waiting(user: User) -> int:
    """How many messages wait for a person."""
    return Message.objects.visible_to(user).filter(state=MessageState.QUARANTINED).count()


def text_of(message: Message) -> Text:
    """What the message says, segment by segment. Embedded files are cut."""
    raw = bytes(message.raw)
    try:
        parts = read(raw, fallback_charset=sender_of(message.application, message.facility).charset)
    except HL7Error:
        shown = raw[:LONGEST].decode(message.charset or "utf-8", errors="replace")
        return Text(shown.replace("\n", "\r").split("\r"), False, len(raw) > LONGEST)
    lines = [_masked(segment) for part in parts for segment in part.message.segments]
    cut = any(len(line) > LONGEST for line in lines)
    return Text([line[:LONGEST] for line in lines], True, cut)


def _masked(segment: Segment) -> str:
    """The segment as sent, addresses, telephone and identity numbers of the person hidden."""
    if segment.name != "PID":
        return segment.encoded()
    hidden = [HIDDEN if number in PRIVATE and field else field for number, field in enumerate(segment.fields)]
    return segment.separators.field.join(hidden)


def order_named(text: str, user: User) -> Order | None:
    """The order of that number or sample number, within what the user sees."""
    wanted = text.strip().upper()
    orders = with_people(Order.objects.visible_to(user))
    return orders.filter(number=wanted).first() or orders.filter(samples__barcode=wanted).first()
