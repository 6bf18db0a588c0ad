"""Text messages by SMPP 3.4 to a centre of an operator: bound once a process, bound again when the line is lost.

SMPP knows no keys: a message whose answer was lost is sent again, and may arrive twice. All parts of one message carry the same
number, made from our key.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import connection
from django.utils import timezone
from smpplib import consts

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.receipts import Report, receive
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.choices import Channel
from kefu.messaging.ports.smpp_link import Centre, Link, Refused
from kefu.messaging.ports.smpp_receipts import report_in
from kefu.messaging.ports.smpp_words import carried

LATER = {consts.SMPP_ESME_RTHROTTLED, consts.SMPP_ESME_RMSGQFUL, consts.SMPP_ESME_RSYSERR, consts.SMPP_ESME_RX_T_APPN,
         consts.SMPP_ESME_RSUBMITFAIL, consts.SMPP_ESME_RALYBND}  # fmt: skip
ACCOUNT = {
    consts.SMPP_ESME_RINVPASWD,
    consts.SMPP_ESME_RINVSYSID,
    consts.SMPP_ESME_RBINDFAIL,
    consts.SMPP_ESME_RINVSRCADR,
}
UNKNOWN_NUMBER = {consts.SMPP_ESME_RINVDSTADR}
NATIONAL, INTERNATIONAL, ALPHANUMERIC, ISDN = 2, 1, 5, 1


def keep(report: Report) -> None:
    """Keep a report that came over the line, in a connection of the reading thread."""
    try:
        receive(channel=Channel.SMS, reports=[report], by=None, at=timezone.now())
    finally:
        connection.close()


@dataclass
class SmppGateway:
    """A transport of the outbox. Reports of the centre go to `on_report`."""

    centre: Centre
    sender: str
    on_report: Callable[[Report], None] = keep
    _link: Link | None = None
    _binding: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def from_settings(cls, url: str, system_id: str, password: str, sender: str) -> SmppGateway:
        """Read `smpp://host:2775` or `smpp://host:3550?security=tls`. Raises ValueError."""
        parts = urlsplit(url)
        security = parse_qs(parts.query).get("security", ["none"])[0]
        if parts.scheme != "smpp" or not parts.hostname or security not in {"none", "tls"}:
            raise ValueError("KEFU_SMS_URL must be smpp://host:port?security=tls for KEFU_SMS_PROFILE=smpp")
        if len(system_id) > 15 or len(password) > 8 or len(sender) > 20:
            raise ValueError(
                "SMPP allows 15 characters for KEFU_SMS_KEY, 8 for KEFU_SMS_SECRET, 20 for KEFU_SMS_SENDER"
            )
        return cls(Centre(parts.hostname, parts.port or 2775, system_id, password, security == "tls"), sender)

    def __call__(self, payload: dict[str, Any], key: str) -> Taken:
        """Hand one text message over, part by part; a part refused fails the whole."""
        words = carried(payload["body"], zlib.crc32(key.encode()) % 256)
        link = self.bound()
        fields = self._addresses(payload["to"]) | {
            "data_coding": words.coding, "esm_class": words.esm_class, "registered_delivery": 1,
        }  # fmt: skip
        references = [_reference(link.submit(short_message=body, **fields)) for body in words.bodies]
        return Taken("smpp", tuple(references), len(references))

    def bound(self) -> Link:
        """The line, bound anew where it was lost. Raises TransientError, NotReadyError."""
        with self._binding:
            if self._link is None or not self._link.alive:
                try:
                    self._link = Link(self.centre, self._heard)
                except Refused as error:
                    raise _failure(error.status) from error
            return self._link

    def close(self) -> None:
        """Give the line up."""
        if self._link is not None:
            self._link.close()

    def _heard(self, pdu: Any) -> None:
        report = report_in(pdu, timezone.now())
        if report is not None:
            self.on_report(report)

    def _addresses(self, number: str) -> dict[str, object]:
        abroad = number.startswith("+")
        digits = self.sender.removeprefix("+").isdigit()
        return {
            "source_addr_ton": NATIONAL if digits else ALPHANUMERIC,
            "source_addr_npi": ISDN if digits else 0,
            "source_addr": self.sender,
            "dest_addr_ton": INTERNATIONAL if abroad else NATIONAL,
            "dest_addr_npi": ISDN,
            "destination_addr": number.removeprefix("+"),
        }


def _reference(answer: Any) -> str:
    if answer.status != consts.SMPP_ESME_ROK:
        raise _failure(answer.status)
    given = answer.message_id
    return given.decode("latin-1") if isinstance(given, bytes) else str(given)


def _failure(status: int) -> Exception:
    said = f"SMPP {status:#x} {consts.DESCRIPTIONS.get(status, '')}".strip()
    if status in LATER or status < 0:
        return TransientError(said)
    if status in ACCOUNT:
        return NotReadyError(Unready.ACCOUNT, said)
    return PermanentError(said, no_such_address=status in UNKNOWN_NUMBER)
