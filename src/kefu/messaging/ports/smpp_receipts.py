"""Delivery receipts of SMPP (3.4, appendix B): `id:… stat:DELIVRD err:000 done date:2611221430`."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kefu.foundation.outbox.receipts import Report

RECEIPT = 0x04  # esm_class of a deliver_sm that is a receipt
DELIVERED = frozenset({"DELIVRD"})
FAILED = frozenset({"EXPIRED", "DELETED", "UNDELIV", "REJECTD"})
STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
UNKNOWN_NUMBER = frozenset({"001", "1"})  # GSM MAP: unknown subscriber
CHINA = ZoneInfo("Asia/Shanghai")
_FIELD = re.compile(r"\b(id|stat|err|done date):\s*(\S+)", re.IGNORECASE)
_FORMATS = {10: "%y%m%d%H%M", 12: "%y%m%d%H%M%S"}


def report_in(pdu: Any, at: datetime) -> Report | None:
    """The report a `deliver_sm` makes; None for one that is no receipt, or says only that the message is still on its way."""
    if not int(pdu.esm_class or 0) & RECEIPT:
        return None
    said = {name.lower(): value for name, value in _FIELD.findall(bytes(pdu.short_message or b"").decode("latin-1"))}
    named = getattr(pdu, "receipted_message_id", None)
    reference = _text(named) or said.get("id", "")
    state = said.get("stat", "").upper() or STATES.get(getattr(pdu, "message_state", None) or 0, "")
    if not reference or state not in DELIVERED | FAILED:
        return None
    error = said.get("err", "")
    code = state if state in DELIVERED or not error else f"{state} {error}"
    lost = state == "UNDELIV" and error in UNKNOWN_NUMBER
    return Report(reference, state in DELIVERED, _moment(said.get("done date", ""), at), code, no_such_address=lost)


def _moment(written: str, at: datetime) -> datetime:
    try:
        return datetime.strptime(written, _FORMATS.get(len(written), "")).replace(tzinfo=CHINA)
    except ValueError:
        return at


def _text(value: Any) -> str:
    return value.decode("latin-1").rstrip("\0") if isinstance(value, bytes) else str(value or "")
