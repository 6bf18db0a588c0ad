"""Why bookings are cancelled: the shipped list of reasons (APT-008, APT-010)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kefu.foundation.sentences.saying import sentence
from kefu.kernel.errors import Invalid

REASONS = Path(__file__).parent / "content" / "cancel_reasons.yaml"
OTHER, CUSTOMER_GONE, PLANS_CHANGED = "other", "customer_gone", "time"
DOCTOR_AWAY, CENTRE = "doctor_away", "centre"
MAX_WORDS = 200


@dataclass(frozen=True)
class CancelReason:
    """One reason, whose it is (the customer's or the house's), and whether a person may choose it."""

    code: str
    zh: str
    en: str
    side: str
    chosen: bool = True

    def __str__(self) -> str:
        """The reason in the reader's language."""
        return self.en if (get_language() or "").startswith("en") else self.zh

    @property
    def said(self) -> str:
        """What is kept where nobody wrote words of his own."""
        return f"appointments.cancel.{self.code}"


@cache
def reasons() -> Mapping[str, CancelReason]:
    """All reasons by code, in the order of the list."""
    rows = yaml.load(REASONS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["reasons"]
    return {row["code"]: CancelReason(**row) for row in rows}


def offered_reasons() -> list[CancelReason]:
    """Those a person chooses from."""
    return [one for one in reasons().values() if one.chosen]


def require_reason(code: str, words: str) -> str:
    """What is kept as the reason: the words, else the listed reason. Raises Invalid on `code`, and on `reason` for "other" without words."""
    found = reasons().get(code)
    if found is None:
        raise Invalid.one("code", "unknown", _("没有这个取消原因，请重新选。"))
    if code == OTHER and not words.strip():
        raise Invalid.one("reason", "required", _("请写明取消原因。"))
    if len(words.strip()) > MAX_WORDS:
        raise Invalid.one("reason", "max_length", _("取消原因最多 200 字。"))
    return words.strip() or found.said


def reason_label(code: str) -> str:
    """A reason in words; of a booking cancelled before there was a list, that it was not said."""
    found = reasons().get(code)
    return str(found) if found else _("没有归类")


for _reason in reasons().values():
    sentence(_reason.said, _reason)
