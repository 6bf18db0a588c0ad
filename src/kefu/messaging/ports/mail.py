"""A mail server, through Django's own mail classes."""

from __future__ import annotations

import hashlib
import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.mime.text import MIMEText
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from kefu.foundation.files import storage
from kefu.foundation.files.models import StoredFile
from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.composing import calendar_of
from kefu.messaging.ports.calling import quoted, web_address
from kefu.messaging.refusing import refusal_path
from kefu.messaging.shipped import refusing_words

SECONDS = 15
PERMANENT = 500  # SMTP answers from here on will not change
UNKNOWN = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
"""Enhanced codes (RFC 3463) by which a server says that there is no such mailbox."""
POLICY = "5.7."  # relaying denied, sender blocked: nothing is wrong with the address
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
_ENHANCED = re.compile(r"5\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True)
class MailServer:
    """A transport of the outbox. SMTP knows no keys, so a repeated attempt carries the same Message-ID."""

    host: str
    port: int
    username: str
    password: str
    security: str
    sender: str
    site: str = ""
    backend: str = "django.core.mail.backends.smtp.EmailBackend"

    @classmethod
    def from_url(cls, url: str, sender: str, site: str = "") -> MailServer:
        """Read `smtp://user:password@host:587?security=starttls` (`starttls`, `ssl` or `none`); `site` is the public address of the house.
        Raises ValueError."""
        parts = urlsplit(url)
        security = parse_qs(parts.query).get("security", ["starttls"])[0]
        if parts.scheme != "smtp" or not parts.hostname or security not in {"starttls", "ssl", "none"} or not sender:
            raise ValueError("KEFU_SMTP must be smtp://user:password@host:port?security=starttls, with KEFU_MAIL_FROM")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(
            parts.hostname,
            parts.port or 587,
            user,
            password,
            security,
            sender,
            site and web_address(site, "KEFU_SITE").rstrip("/"),
        )

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
        link = self._refusal(payload)
        body = f"{payload['body']}\n\n{refusing_words()} {link}" if link else payload["body"]
        headers = {"Message-ID": identity} | (one_click(link) if link else {})
        mail = EmailMessage(
            payload["subject"], body, self.sender, [payload["to"]], headers=headers, connection=connection
        )
        _enclose(mail, payload)
        try:
            _open(connection)
            mail.send()
            return Taken("smtp")
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
            raise NotReadyError(
                Unready.ACCOUNT, f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise NotReadyError(Unready.ACCOUNT, f"certificate: {quoted(error.verify_message)}") from error
        except smtplib.SMTPRecipientsRefused as error:
            (code, said), *_others = error.recipients.values()
            raise _refusal(code, said, knows_address=True) from error
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except OSError as error:
            raise TransientError(f"mail server out of reach: {quoted(str(error))}") from error
        finally:
            with suppress(OSError):
                connection.close()

    def _refusal(self, payload: dict[str, Any]) -> str:
        """Where the customer says no to more of this kind; empty for what can't be refused, and where the house has no public address."""
        return f"{self.site}{refusal_path(payload['refusable'])}" if self.site and "refusable" in payload else ""


def _open(connection: BaseEmailBackend) -> None:
    """What a server says before it has heard of any message is about itself: it is tried later."""
    try:
        connection.open()
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError):
        raise
    except smtplib.SMTPResponseException as error:
        raise TransientError(f"mail server not ready: {error.smtp_code}") from error


def calendar_part(entry: str) -> MIMEText:
    """A calendar entry as mail programs offer to take it over: its type names the METHOD the entry has."""
    part = MIMEText(entry, "calendar", "utf-8")
    method = _METHOD.search(entry)
    part.set_param("method", method[1] if method else "PUBLISH")
    part.add_header("Content-Disposition", "attachment", filename="appointment.ics")
    return part


def _enclose(mail: EmailMessage, payload: Mapping[str, Any]) -> None:
    """The calendar entry of a booking, and the kept files named as `attachments`, each `{"file": id, "name"}`."""
    if entry := calendar_of(payload):
        mail.attach(calendar_part(entry))
    for item in payload.get("attachments", ()):
        file = StoredFile.objects.get(pk=item["file"])
        mail.attach(item["name"], storage.read(file), file.media_type)


def one_click(link: str) -> dict[str, str]:
    """The headers by which mail programs show a button to unsubscribe, and press it with one post (RFC 8058)."""
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _refusal(code: int, said: bytes | str, *, knows_address: bool = False) -> Exception:
    """A full or greylisted mailbox is refused for now, one that does not exist for good; where the server does not let us send at all,
    somebody has to see to it. Only an answer to the recipient (`knows_address`) can tell that there is no such mailbox."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    told = f"{code} {quoted(words)}"
    if code < PERMANENT:
        return TransientError(told)
    found = _ENHANCED.match(words)
    enhanced = found[0] if found else ""
    if enhanced.startswith(POLICY):
        return NotReadyError(Unready.ACCOUNT, told)
    return PermanentError(told, no_such_address=knows_address and enhanced in UNKNOWN)
