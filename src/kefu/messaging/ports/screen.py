"""A demo without any gateway: messages are put on the page of messages and leave the house by no way."""

from __future__ import annotations

from typing import Any

from kefu.foundation.outbox.transports import Taken
from kefu.messaging.rules import sms_parts

SCREEN = "screen"


def show(payload: dict[str, Any], _key: str) -> Taken:
    """Take a message that is only to be seen."""
    return Taken(SCREEN, parts=sms_parts(payload.get("body", "")))
