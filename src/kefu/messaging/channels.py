"""The channels this installation has, by its environment: an SMS gateway, a mail server."""

import os
from collections.abc import Mapping

from kefu.foundation.outbox import transports
from kefu.messaging.choices import Channel
from kefu.messaging.mail import MailServer
from kefu.messaging.sms import SmsGateway


def open_configured(environment: Mapping[str, str]) -> None:
    """Open SMS when KEFU_SMS_URL, KEFU_SMS_KEY and KEFU_SMS_SECRET are set, mail when KEFU_SMTP is."""
    url, key, secret = (environment.get(f"KEFU_SMS_{part}", "") for part in ("URL", "KEY", "SECRET"))
    if url and key and secret:
        transports.register(Channel.SMS, SmsGateway(url, key, secret))
    if server := environment.get("KEFU_SMTP"):
        transports.register(Channel.EMAIL, MailServer.from_url(server, environment.get("KEFU_MAIL_FROM", "")))


open_configured(os.environ)
