"""From the bytes of a message to filed results, or to the reason why not (LAB-007)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Forbidden, Refused
from kefu.lab.actions.filing import file_matches
from kefu.lab.choices import MessageState
from kefu.lab.hl7 import AckCode, ErrorCode, HL7Error, read, reports_of
from kefu.lab.hl7.reading import ReadMessage
from kefu.lab.limits import MESSAGE_MEGABYTES
from kefu.lab.models import Message, Order
from kefu.lab.queries.matching import Held, Link, Sender, match
from kefu.lab.rules.reasons import ANSWERS, Reason
from kefu.organisation.models import User

MEGABYTE = 1024 * 1024
TEST_MESSAGES = frozenset({"D", "T"})


@dataclass(frozen=True)
class Outcome:
    """What became of a message, and what its sender is told. `parts` is what could be read of it."""

    state: MessageState
    code: AckCode
    error: ErrorCode | None = None
    reason: str = ""
    text: str = ""
    details: Sequence[str] = ()
    orders: Sequence[Order] = ()
    parts: Sequence[ReadMessage] = field(default=(), repr=False)


@within_action
def try_to_file(*, message: Message, sender: Sender, by: User, at: datetime) -> Outcome:
    """File a message, or say why not; then nothing of it is filed."""
    if message.size > MESSAGE_MEGABYTES.on(at) * MEGABYTE:
        error, text = ANSWERS[Reason.OVERSIZE]
        return Outcome(MessageState.REJECTED, AckCode.REJECT, error, Reason.OVERSIZE, text, [str(message.size)])
    parts: Sequence[ReadMessage] = ()
    try:
        parts = read_parts(message=message, sender=sender)
        with transaction.atomic():
            return file_parts(message=message, parts=parts, sender=sender, link=Link(), by=by, at=at)
    except HL7Error as error:
        return Outcome(MessageState.REJECTED, AckCode.REJECT, error.code, Reason.UNREADABLE, error.message, parts=parts)
    except Held as held:
        code, text = ANSWERS[held.reason]
        return Outcome(
            MessageState.QUARANTINED, AckCode.ERROR, code, held.reason, text, held.details, held.orders, parts=parts
        )


@within_action
def read_parts(*, message: Message, sender: Sender) -> Sequence[ReadMessage]:
    """The messages in the bytes, with the character set that they turned out to be in noted. Raises HL7Error."""
    parts = read(bytes(message.raw), fallback_charset=sender.charset)
    message.charset, message.charset_flagged = parts[0].charset_used[:20], any(part.charset_flagged for part in parts)
    if settings.PRODUCTION and any(part.header.processing_id in TEST_MESSAGES for part in parts):
        raise HL7Error(ErrorCode.PROCESSING_ID, "this is not a test system")
    return parts


@within_action
def file_parts(
    *, message: Message, parts: Sequence[ReadMessage], sender: Sender, link: Link, by: User, at: datetime
) -> Outcome:
    """Match and file all that was read. Raises HL7Error for what is no result message, Held for what a person has to see."""
    reports = [report for part in parts for report in reports_of(part.message)]
    matches = match(reports, sender.codes, link)
    if not matches:
        return Outcome(MessageState.DISMISSED, AckCode.ACCEPT, reason=Reason.QUALITY_CONTROL, parts=parts)
    orders = list({found.order.pk: found.order for found in matches}.values())
    try:
        file_matches(message=message, matches=matches, by=by, at=at)
    except (Refused, Forbidden) as refusal:
        raise Held(Reason.TOO_EARLY, [refusal.code], orders) from refusal
    return Outcome(MessageState.FILED, AckCode.ACCEPT, orders=orders, parts=parts)
