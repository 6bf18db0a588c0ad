"""Receiving what a laboratory sends, and answering it (LAB-007)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.lab.actions.processing import Outcome, try_to_file
from kefu.lab.choices import MessageState
from kefu.lab.hl7 import Header, build_ack, header_of
from kefu.lab.models import Message
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.matching import codes_of
from kefu.organisation.models import User

KIND = "lab.message"
DECIDED = ("state", "acknowledged", "error_code", "reason", "details", "node", "charset", "charset_flagged", "answer")
"""What is only known once a message has been read."""


@action
def receive(*, raw: bytes, peer: str = "", size: int = 0, by: User, at: datetime) -> bytes:
    """Take one message and answer it; the answer says AA only of what is filed and, on return, committed.

    The same bytes of the same sender with the same control id are answered as before and leave no second row. What cannot be
    read is AR, what is not ours to file waits for a person and is AE; either way the bytes are kept. `size` is the full size
    of a message of which only the head arrived. Raises Forbidden unless `by` delivers results.
    """
    require(by, LabPermission.REPORT_FILE)
    header = _header(raw)
    message = _claim(raw, header, peer, max(size, len(raw)), by, at)
    if message is None:
        nothing_changed()
        return bytes(Message.objects.get(**_identity(raw, header)).answer)
    outcome = try_to_file(message=message, by=by, at=at)
    answered = outcome.parts[0].header if outcome.parts else header
    answer = build_ack(
        answered, outcome.code, at=at, control_id=f"KEFU{message.pk}", error=outcome.error, text=outcome.text
    )
    message.answer = answer
    _write(message, outcome)
    record(
        "lab.message.received", by=by, at=at, subject=Subject(KIND, message.pk), node_id=message.node_id,
        changes={"state": (None, message.state), "answer": (None, message.acknowledged), "reason": (None, message.reason)},
    )  # fmt: skip
    return answer


def _header(raw: bytes) -> Header:
    """MSH as well as it can be read; a sender known to write another character set than it says is read in that one."""
    first = header_of(raw)
    charset, _codes = codes_of(first.sending_application, first.sending_facility)
    return header_of(raw, fallback_charset=charset) if charset else first


def _identity(raw: bytes, header: Header) -> dict[str, str]:
    return {
        "application": header.sending_application[:100], "facility": header.sending_facility[:100],
        "control_id": header.control_id[:200], "sha256": sha256(raw).hexdigest(),
    }  # fmt: skip


def _claim(raw: bytes, header: Header, peer: str, size: int, by: User, at: datetime) -> Message | None:
    """The row of a message nobody has taken yet; None when it is here already. Of two at once one waits for the other."""
    identity = _identity(raw, header)
    if Message.objects.filter(**identity).exists():
        return None
    kind = "^".join(filter(None, (header.message_type, header.trigger)))
    try:
        with transaction.atomic():
            return Message.objects.create(
                raw=raw, size=size, peer=peer[:100], type=kind[:20], node_id=by.node_id,
                state=MessageState.QUARANTINED, received_at=at, **identity,
            )  # fmt: skip
    except IntegrityError:
        return None


def _write(message: Message, outcome: Outcome) -> None:
    message.state, message.acknowledged = outcome.state, outcome.code
    message.error_code, message.reason = outcome.error or "", outcome.reason
    message.details = [detail[:100] for detail in outcome.details[:50]]
    nodes = {order.node_id for order in outcome.orders}
    if outcome.state == MessageState.FILED and len(nodes) == 1:
        message.node_id = nodes.pop()
    message.save(update_fields=DECIDED)
    message.orders.add(*outcome.orders)
