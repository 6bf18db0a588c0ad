"""Receiving what a laboratory sends, and answering it (LAB-007)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import connection

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.lab.actions.processing import Outcome, try_to_file
from kefu.lab.choices import MessageState
from kefu.lab.hl7 import Header, build_ack, header_of
from kefu.lab.models import Message
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.matching import Sender, sender_of
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
    header, sender = _header(raw)
    message = _claim(raw, header, peer, max(size, len(raw)), by, at)
    if message is None:
        nothing_changed()
        return bytes(Message.objects.get(**_identity(raw, header)).answer)
    outcome = try_to_file(message=message, sender=sender, by=by, at=at)
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


def _header(raw: bytes) -> tuple[Header, Sender]:
    """MSH as well as it can be read, and its sender; one known to write another character set than it says is read in that one."""
    first = header_of(raw)
    sender = sender_of(first.sending_application, first.sending_facility)
    if not sender.charset:
        return first, sender
    header = header_of(raw, fallback_charset=sender.charset)
    renamed = (
        header.sending_application != first.sending_application or header.sending_facility != first.sending_facility
    )
    return header, sender_of(header.sending_application, header.sending_facility) if renamed else sender


def _identity(raw: bytes, header: Header) -> dict[str, str]:
    return {
        "application": header.sending_application[:100], "facility": header.sending_facility[:100],
        "control_id": header.control_id[:200], "sha256": sha256(raw).hexdigest(),
    }  # fmt: skip


def _claim(raw: bytes, header: Header, peer: str, size: int, by: User, at: datetime) -> Message | None:
    """The row of a message nobody has taken yet; None when it is here already. Of two at once one waits for the other."""
    kind = "^".join(filter(None, (header.message_type, header.trigger)))
    message = Message(raw=raw, size=size, peer=peer[:100], type=kind[:20], node_id=by.node_id, state=MessageState.QUARANTINED,
                      received_at=at, **_identity(raw, header))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [getattr(message, name) for name in CLAIMED])
        made = cursor.fetchone()
    if made is None:
        return None
    message.pk, message._state.adding = made[0], False
    return message


CLAIMED = (
    "raw", "sha256", "size", "peer", "application", "facility", "control_id", "type", "charset", "charset_flagged", "node_id", "state",
    "acknowledged", "error_code", "reason", "answer", "received_at", "handled_reason",
)  # fmt: skip
_CLAIM = f"""
    INSERT INTO lab_message ({", ".join(CLAIMED)}, details) VALUES ({"%s, " * len(CLAIMED)} '[]')
    ON CONFLICT (application, facility, control_id, sha256) DO NOTHING RETURNING id
"""  # noqa: S608  (the columns are written above)


def _write(message: Message, outcome: Outcome) -> None:
    message.state, message.acknowledged = outcome.state, outcome.code
    message.error_code, message.reason = outcome.error or "", outcome.reason
    message.details = [detail[:100] for detail in outcome.details[:50]]
    nodes = {order.node_id for order in outcome.orders}
    if outcome.state == MessageState.FILED and len(nodes) == 1:
        message.node_id = nodes.pop()
    message.save(update_fields=DECIDED)
    message.orders.add(*outcome.orders)
