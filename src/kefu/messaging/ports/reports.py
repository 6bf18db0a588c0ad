"""What providers post about messages they took, as each of them writes it. Raises ValueError for what can't be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate
from zoneinfo import ZoneInfo

from kefu.foundation.outbox.receipts import Report
from kefu.messaging.ports.plain import UNKNOWN

CHINA = ZoneInfo("Asia/Shanghai")
UNKNOWN_NUMBER = frozenset(
    {"MOBILE_NOT_ON_SERVICE", "PHONE_NUMBER_NOT_EXIST", "UNKNOWN_SUBSCRIBER", "MK:0001", "MK:0000", "1", "001"}
)
MOST = 1000
LEAF, DEEP = 2, 8
"""Where the words of a flat XML stand, and how deep any may be."""


def of_plain(body: bytes, at: datetime) -> list[Report]:
    """`{"id", "state": "delivered"|"failed", "code", "at"}` or a list of them; `id` is our key or the gateway's own number."""
    return [
        Report(_word(each, "id"), _chosen(each, "state", "delivered", "failed"), _moment(each.get("at"), at),
               str(each.get("code", "")), no_such_address=each.get("code") == UNKNOWN)
        for each in _objects(body)
    ]  # fmt: skip


def of_aliyun(body: bytes, at: datetime) -> list[Report]:
    """SmsReport: a list with `biz_id`, `out_id`, `success`, `err_code`, `report_time`. Our key stands in `out_id`."""
    return [
        Report(_word(each, "out_id" if each.get("out_id") else "biz_id"), each.get("success") is True, _moment(each.get("report_time"), at),
               str(each.get("err_code", "")), no_such_address=_unknown(each, "err_code"))
        for each in _objects(body)
    ]  # fmt: skip


def of_tencent(body: bytes, at: datetime) -> list[Report]:
    """A list with `sid`, `report_status` (SUCCESS or FAIL), `errmsg`, `user_receive_time`."""
    return [
        Report(_word(each, "sid"), _chosen(each, "report_status", "SUCCESS", "FAIL"), _moment(each.get("user_receive_time"), at),
               str(each.get("errmsg", "")), no_such_address=_unknown(each, "errmsg"))
        for each in _objects(body)
    ]  # fmt: skip


def of_wechat(body: bytes, at: datetime) -> list[Report]:
    """The event TEMPLATESENDJOBFINISH: `MsgID`, `Status` (`success`, `failed:user block`, `failed: system failed`), `CreateTime`.
    Whatever else an official account hears, such as somebody who follows it, reports nothing."""
    said = _flat(body)
    if "Encrypt" in said and "MsgType" not in said:
        raise ValueError("encrypted: set the plain mode of messages in the official account")
    if "MsgType" not in said:
        raise ValueError("no message of an official account")
    if said.get("Event") != "TEMPLATESENDJOBFINISH":
        return []
    status, seconds = _word(said, "Status"), said.get("CreateTime", "")
    happened = datetime.fromtimestamp(int(seconds), CHINA) if re.fullmatch(r"[0-9]{1,10}", seconds) else at
    return [Report(_word(said, "MsgID"), status == "success", happened, "" if status == "success" else status)]


def _flat(body: bytes) -> dict[str, str]:
    """The words of an XML of one level. One that declares types or entities is refused before anything of it is read."""
    parser, path, found = ParserCreate(), [], dict[str, str]()

    def declares(*_args: object) -> None:
        raise ValueError("XML with declarations of its own")

    def opens(name: str, _attributes: object) -> None:
        path.append(name)
        if len(path) > DEEP or len(found) > MOST:
            raise ValueError("XML of more than a message")

    def says(words: str) -> None:
        if len(path) == LEAF:
            found[path[-1]] = found.get(path[-1], "") + words

    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declares
    parser.StartElementHandler, parser.EndElementHandler = opens, lambda _name: path.pop() and None
    parser.CharacterDataHandler = says
    try:
        parser.Parse(body, True)
    except ExpatError as error:
        raise ValueError(f"no XML: {error}") from error
    return {name: words.strip() for name, words in found.items()}


def _objects(body: bytes) -> Iterable[dict[str, Any]]:
    found = json.loads(body)
    rows = found if isinstance(found, list) else [found]
    if len(rows) > MOST or not all(isinstance(row, dict) for row in rows):
        raise ValueError("no list of reports")
    return rows


def _word(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str | int) or not 0 < len(str(value)) <= 140:
        raise ValueError(f"a report without {name}")
    return str(value)


def _chosen(row: dict[str, Any], name: str, yes: str, no: str) -> bool:
    if row.get(name) not in (yes, no):
        raise ValueError(f"a report whose {name} is neither {yes} nor {no}")
    return bool(row[name] == yes)


def _unknown(row: dict[str, Any], name: str) -> bool:
    return str(row.get(name, "")).upper() in UNKNOWN_NUMBER


def _moment(written: object, at: datetime) -> datetime:
    """When it happened, Chinese time unless it says otherwise; when we heard of it where that can't be read."""
    try:
        found = datetime.fromisoformat(str(written))
    except ValueError:
        return at
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
