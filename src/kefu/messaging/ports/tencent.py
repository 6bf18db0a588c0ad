"""Text messages by Tencent Cloud (sms `SendSms`, 2021-01-11), signed with TC3-HMAC-SHA256.

The provider fills a template that it has registered, by position. It takes no idempotency key; ours travels as `SessionContext`.
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
from urllib.parse import urlsplit

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.ports.calling import Answer, call, quoted, web_address
from kefu.messaging.ports.registered import RegisteredTemplates
from kefu.messaging.rules import sms_parts

ADDRESS = "https://sms.tencentcloudapi.com"
REGION = "ap-guangzhou"
ALGORITHM = "TC3-HMAC-SHA256"
UNKNOWN_NUMBER = "InvalidParameterValue.IncorrectPhoneNumber"
LATER = ("LimitExceeded", "RequestLimitExceeded", "InternalError", "ResourceUnavailable", "AuthFailure.SignatureExpire")
TEMPLATE = ("FailedOperation.TemplateIncorrectOrUnapproved", "FailedOperation.MissingTemplate", "FailedOperation.TemplateUnapproved",
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "InvalidParameterValue.TemplateParameter")  # fmt: skip
ACCOUNT = ("AuthFailure", "UnauthorizedOperation", "FailedOperation.InsufficientBalance", "FailedOperation.SignatureIncorrect",
           "FailedOperation.MissingSignature", "InvalidParameterValue.SdkAppId", "UnsupportedRegion")  # fmt: skip


@dataclass(frozen=True)
class TencentGateway:
    """A transport of the outbox. Raises ValueError for an address that is not http or https."""

    key: str
    secret: str
    sign_name: str
    app: str
    templates: RegisteredTemplates
    url: str = ADDRESS
    region: str = REGION
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        web_address(self.url, "KEFU_SMS_URL")

    def __call__(self, payload: dict[str, Any], key: str) -> Taken:
        """Hand one text message over."""
        template = self.templates.of(payload)
        number = payload["to"]
        request = {
            "PhoneNumberSet": [number if number.startswith("+") else f"+86{number}"],
            "SmsSdkAppId": self.app,
            "SignName": self.sign_name,
            "TemplateId": template.id,
            "TemplateParamSet": list(template.filled(payload["values"]).values()),
            "SessionContext": key,
        }
        body = json.dumps(request, ensure_ascii=False).encode()
        now = int(self.clock())
        headers = {
            "content-type": "application/json; charset=utf-8",
            "host": urlsplit(self.url).netloc,
            "x-tc-action": "sendsms",
        }
        signed = {"Authorization": authorization(self.key, self.secret, "sms", headers, body, now)}
        sent = headers | signed | {"x-tc-action": "SendSms", "x-tc-version": "2021-01-11", "x-tc-timestamp": str(now), "x-tc-region": self.region}  # fmt: skip
        return _taken(call(f"{self.url.rstrip('/')}/", body=body, headers=sent), payload["body"])


def authorization(
    key: str, secret: str, service: str, headers: Mapping[str, str], body: bytes, now: int
) -> str:  # fmt: skip
    """The header that signs a POST to `/`; `headers` are those signed, in lower case, values too."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(("POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()))
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join((ALGORITHM, str(now), scope, hashlib.sha256(request.encode()).hexdigest()))
    signing = f"TC3{secret}".encode()
    for step in (day, service, "tc3_request"):
        signing = hmac.new(signing, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"


def _taken(answer: Answer, text: str) -> Taken:
    response = answer.object().get("Response")
    if not isinstance(response, dict):
        raise TransientError(f"unreadable answer: {answer.words()}")
    statuses = response.get("SendStatusSet")
    status = response.get("Error") or (statuses[0] if isinstance(statuses, list) and statuses else None)
    if not isinstance(status, dict):
        raise TransientError(f"unreadable answer: {answer.words()}")
    code = str(status.get("Code", ""))
    if code != "Ok":
        raise _failure(code, f"{code} {quoted(str(status.get('Message', '')))}".strip())
    reference, fee = str(status.get("SerialNo") or ""), status.get("Fee")
    parts = fee if isinstance(fee, int) and fee > 0 else sms_parts(text)
    return Taken("tencent", (reference,) if reference else (), parts)


def _failure(code: str, said: str) -> Exception:
    if code.startswith(LATER):
        return TransientError(said)
    if code.startswith(TEMPLATE):
        return NotReadyError(Unready.TEMPLATE, said)
    if code.startswith(ACCOUNT):
        return NotReadyError(Unready.ACCOUNT, said)
    return PermanentError(said, no_such_address=code == UNKNOWN_NUMBER)
