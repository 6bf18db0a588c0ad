"""The words the project ships: `content/messages.yaml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

MESSAGES = Path(__file__).parent / "content" / "messages.yaml"


@dataclass(frozen=True)
class Words:
    """The shipped words for one occasion; the names are those of the columns of `Template`."""

    code: str
    group: str
    audience: tuple[str, ...]
    channels: tuple[str, ...]
    variables: tuple[str, ...]
    zh: str
    en: str
    email_subject: str
    email_body: str
    wechat_first: str
    wechat_remark: str
    needs_consent: bool
    opt_out_required: bool


@dataclass(frozen=True)
class Group:
    """A group of templates with its names."""

    code: str
    zh: str
    en: str


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(MESSAGES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


@lru_cache(maxsize=1)
def words() -> dict[str, Words]:
    """The shipped words by code, in the order of the file."""
    return {row["code"]: _words(row) for row in _content()["templates"]}


def groups() -> list[Group]:
    """The groups in their order."""
    return [Group(row["code"], row["zh"], row["en"]) for row in _content()["groups"]]


def sample_values() -> dict[str, str]:
    """A believable value for every place, for previews and lengths."""
    return {name: str(value) for name, value in _content()["sample_values"].items()}


def refusing_words() -> str:
    """What stands before the link to refuse at the end of a mail, in both languages."""
    return str(_content()["refusing"])


def quiet_except() -> frozenset[str]:
    """The groups whose messages leave at any hour."""
    return frozenset(_content()["quiet_hours"]["except"])


def _words(row: dict[str, Any]) -> Words:
    email, wechat = row.get("email", {}), row.get("wechat", {})
    return Words(
        code=row["code"],
        group=row["group"],
        audience=tuple(row["audience"]),
        channels=tuple(row["channels"]),
        variables=tuple(row["variables"]),
        zh=row["zh"],
        en=row["en"],
        email_subject=email.get("subject", ""),
        email_body=email.get("body", ""),
        wechat_first=wechat.get("first", ""),
        wechat_remark=wechat.get("remark", ""),
        needs_consent=row.get("needs_consent", False),
        opt_out_required=row.get("opt_out_required", False),
    )
