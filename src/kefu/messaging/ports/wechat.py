"""Template messages of an official account of WeChat (`cgi-bin/message/template/send`).

The account's access token comes from `cgi-bin/stable_token`, which gives every process the same one until it is about to expire, so
that no process takes away another's; each keeps it in memory. The address of a customer is the openid of who follows the account.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.ports.calling import Answer, call, quoted, web_address
from kefu.messaging.ports.registered import RegisteredTemplates

ADDRESS = "https://api.weixin.qq.com"
RENEWED_BEFORE = 300  # seconds before its end that a token is asked for anew
LATER = {-1, 45009, 45011, 45047, 50002}  # busy, and limits of calls
STALE = {40001, 40014, 42001}  # the token is over, or was renewed elsewhere
ACCOUNT = {
    40013,
    40125,
    40164,
    41002,
    41004,
    48001,
    50001,
}  # app id, secret, address not allowed, no right to the interface
TEMPLATE = {40037, 47003}
UNKNOWN = {40003, 43004}  # no such openid, does not follow
TURNED_AWAY = {"40003", "43004", "43101"}  # the same, and: does not want messages
BLOCKED = "failed:userblock"


@dataclass
class WechatAccount:
    """A transport of the outbox. Raises ValueError for an address that is not http or https."""

    app: str
    secret: str
    templates: RegisteredTemplates
    url: str = ADDRESS
    clock: Callable[[], float] = time.monotonic
    _token: str = ""
    _until: float = 0.0
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        web_address(self.url, "KEFU_WECHAT_URL")

    def __call__(self, payload: dict[str, Any], key: str) -> Taken:
        """Hand one template message over; with a stale token once more, with a new one."""
        template = self.templates.of(payload)
        places = payload["values"] | {"first": payload["first"], "remark": payload["remark"]}
        message = {
            "touser": payload["to"],
            "template_id": template.id,
            "client_msg_id": key[-32:],
            "data": {name: {"value": value} for name, value in template.filled(places).items()},
        }
        said = self._send(message, self.token())
        if said["errcode"] in STALE:
            said = self._send(message, self.token(instead_of=self._token))
        if said["errcode"]:
            raise _failure(int(said["errcode"]), str(said.get("errmsg", "")))
        return Taken("wechat", (str(said["msgid"]),) if said.get("msgid") else ())

    def token(self, *, instead_of: str = "") -> str:
        """The token that counts; asked for when none is known, it is about to expire, or it is the one that was refused."""
        with self._asking:
            if not self._token or self._token == instead_of or self.clock() >= self._until:
                asked = {"grant_type": "client_credential", "appid": self.app, "secret": self.secret}
                said = _object(self._post("/cgi-bin/stable_token", asked | {"force_refresh": bool(instead_of)}))
                if not said.get("access_token"):
                    raise _failure(int(said.get("errcode", -1)), str(said.get("errmsg", "")))
                self._token = str(said["access_token"])
                self._until = self.clock() + int(said.get("expires_in", 0)) - RENEWED_BEFORE
            return self._token

    def _send(self, message: dict[str, Any], token: str) -> dict[str, Any]:
        answer = self._post(f"/cgi-bin/message/template/send?access_token={quote(token, safe='')}", message)
        said = _object(answer)
        if not isinstance(said.get("errcode"), int):
            raise TransientError(f"unreadable answer: {answer.words()}")
        return said

    def _post(self, path: str, content: dict[str, Any]) -> Answer:
        body = json.dumps(content, ensure_ascii=False).encode()
        return call(f"{self.url.rstrip('/')}{path}", body=body, headers={"Content-Type": "application/json"})


def turned_away(reason: str) -> bool:
    """Whether a refusal or a receipt says that this customer is not reached by WeChat: not following, not wanting, blocking."""
    return reason.partition(" ")[0] in TURNED_AWAY or reason.replace(" ", "") == BLOCKED


def _object(answer: Answer) -> dict[str, Any]:
    if not answer.fine:
        raise TransientError(f"status {answer.status}")
    return answer.object()


def _failure(code: int, message: str) -> Exception:
    said = f"{code} {quoted(message)}".strip()
    if code in LATER | STALE:
        return TransientError(said)
    if code in TEMPLATE:
        return NotReadyError(Unready.TEMPLATE, said)
    if code in ACCOUNT:
        return NotReadyError(Unready.ACCOUNT, said)
    return PermanentError(said, no_such_address=code in UNKNOWN)
