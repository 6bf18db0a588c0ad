"""A mail server, through Django's own mail classes."""

from __future__ import annotations

import hashlib
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail import EmailMessage, get_connection

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.ports.calling import quoted

SECONDS = 15
PERMANENT = 500  # SMTP answers from here on will not change
UNKNOWN = {550, 551, 553}


@dataclass(frozen=True)
class MailServer:
    """A transport of the outbox. SMTP knows no keys, so a repeated attempt carries the same Message-ID."""

    host: str
    port: int
    username: str
    password: str
    security: str
    sender: str
    backend: str = "django.core.mail.backends.smtp.EmailBackend"

    @classmethod
    def from_url(cls, url: str, sender: str) -> MailServer:
        """Read `smtp://user:password@host:587?security=starttls` (`starttls`, `ssl` or `none`). Raises ValueError."""
        parts = urlsplit(url)
        security = parse_qs(parts.query).get("security", ["starttls"])[0]
        if parts.scheme != "smtp" or not parts.hostname or security not in {"starttls", "ssl", "none"} or not sender:
            raise ValueError("KEFU_SMTP must be smtp://user:password@host:port?security=starttls, with KEFU_MAIL_FROM")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or 587, user, password, security, sender)

    def __call__(self, payload: dict[str, Any], key: str) -> Taken:
        """Hand one mail over."""
        identity = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{self.sender.rpartition('@')[2].rstrip('>')}>"
        connection = get_connection(
            self.backend,
            host=self.host,
            port=self.port,
            username=self.username,
            password=self.password,
            use_tls=self.security == "starttls",
            use_ssl=self.security == "ssl",
            timeout=SECONDS,
        )
        mail = EmailMessage(
            payload["subject"], payload["body"], self.sender, [payload["to"]],
            headers={"Message-ID": identity}, connection=connection,
        )  # fmt: skip
        try:
            mail.send()
            return Taken("smtp")
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            raise NotReadyError(
                Unready.ACCOUNT, f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(error) from error
        except smtplib.SMTPResponseException as error:
            kind = PermanentError if error.smtp_code >= PERMANENT else TransientError
            raise kind(f"{error.smtp_code} {error.smtp_error!r}") from error
        except OSError as error:
            raise TransientError(f"mail server out of reach: {error}") from error
        finally:
            with suppress(OSError):
                connection.close()


def _refused(error: smtplib.SMTPRecipientsRefused) -> Exception:
    """A mailbox that does not exist is refused for good, a full or greylisted one for now."""
    (code, said), *_others = error.recipients.values()
    words = f"recipient refused: {code} {quoted(bytes(said).decode(errors='replace'))}"
    return PermanentError(words, no_such_address=code in UNKNOWN) if code >= PERMANENT else TransientError(words)
