"""Text messages by Alibaba Cloud (dysmsapi `SendSms`, 2017-05-25), signed with ACS3-HMAC-SHA256.

Nothing of a message is sent as free text there: the provider fills a template that it has registered. It takes no idempotency key;
ours travels as `OutId` and comes back in receipts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.ports.calling import call, quoted, web_address
from kefu.messaging.ports.registered import RegisteredTemplates
from kefu.messaging.rules import sms_parts

ADDRESS = "https://dysmsapi.aliyuncs.com"
ALGORITHM = "ACS3-HMAC-SHA256"
UNKNOWN_NUMBER = "isv.MOBILE_NUMBER_ILLEGAL"
LATER = ("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isp.GATEWAY", "Throttling", "ServiceUnavailable",
         "InternalError", "InvalidTimeStamp", "SignatureNonceUsed")  # fmt: skip
TEMPLATE = ("isv.SMS_TEMPLATE_ILLEGAL", "isv.TEMPLATE_MISSING_PARAMETERS", "isv.SMS_CONTENT_MISMATCH")
ACCOUNT = ("isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.ACCOUNT", "isv.PRODUCT_UN", "isv.SMS_SIGN", "isp.RAM_PERMISSION_DENY",
           "SignatureDoesNotMatch", "IncompleteSignature", "InvalidAccessKeyId", "Forbidden", "NoPermission")  # fmt: skip


@dataclass(frozen=True)
class AliyunGateway:
    """A transport of the outbox. Raises ValueError for an address that is not http or https."""

    key: str
    secret: str
    sign_name: str
    templates: RegisteredTemplates
    url: str = ADDRESS
    clock: Callable[[], float] = time.time
    nonce: Callable[[], str] = lambda: uuid4().hex

    def __post_init__(self) -> None:
        web_address(self.url, "KEFU_SMS_URL")

    def __call__(self, payload: dict[str, Any], key: str) -> Taken:
        """Hand one text message over."""
        template = self.templates.of(payload)
        query = {
            "PhoneNumbers": payload["to"].removeprefix("+"),
            "SignName": self.sign_name,
            "TemplateCode": template.id,
            "TemplateParam": json.dumps(template.filled(payload["values"]), ensure_ascii=False),
            "OutId": key,
        }
        headers = {"x-acs-action": "SendSms", "x-acs-version": "2017-05-25", "host": urlsplit(self.url).netloc}
        moment = datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        headers |= {"x-acs-date": moment, "x-acs-signature-nonce": self.nonce()}
        signed = sign(self.key, self.secret, query, headers, b"")
        answer = call(f"{self.url.rstrip('/')}/?{canonical(query)}", body=b"", headers=signed)
        said = answer.object()
        code = str(said.get("Code", ""))
        if answer.fine and code == "OK":
            reference = str(said.get("BizId") or "")
            return Taken("aliyun", (reference,) if reference else (), sms_parts(payload["body"]))
        raise _failure(code, f"{code} {quoted(str(said.get('Message', '')))}".strip() or answer.words())


def sign(key: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The headers with those that sign a POST to `/`: all given ones are signed."""
    digest = hashlib.sha256(body).hexdigest()
    headers = dict(headers) | {"x-acs-content-sha256": digest}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = "\n".join(("POST", "/", canonical(query), lines, names, digest))
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return headers | {"Authorization": f"{ALGORITHM} Credential={key},SignedHeaders={names},Signature={signature}"}


def canonical(query: Mapping[str, str]) -> str:
    """The query in the one spelling that is signed and sent."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))


def _failure(code: str, said: str) -> Exception:
    if code.startswith(LATER):
        return TransientError(said)
    if code.startswith(TEMPLATE):
        return NotReadyError(Unready.TEMPLATE, said)
    if code.startswith(ACCOUNT):
        return NotReadyError(Unready.ACCOUNT, said)
    return PermanentError(said, no_such_address=code == UNKNOWN_NUMBER)
