"""Trying the pages where no text message leaves the house. Never in production."""

from __future__ import annotations

from django.conf import settings

from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.transports import transport
from kefu.messaging.choices import Channel
from kefu.messaging.ports.screen import show
from kefu.portal.models import Visit


def on_screen() -> bool:
    """Whether text messages are only looked at: a demo without a gateway."""
    return not settings.PRODUCTION and transport(Channel.SMS) in (None, show)


def words_for(visit: Visit) -> str:
    """The message with the code, for the page itself; empty wherever messages leave."""
    if not on_screen():
        return ""
    message = OutboxMessage.objects.filter(key=f"number:portal-visit:{visit.pk}").first()
    return str(message.payload.get("body", "")) if message else ""
