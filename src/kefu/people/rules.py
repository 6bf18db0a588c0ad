"""Who may practise. Plain Python."""

from __future__ import annotations

from datetime import date

NOT_CERTIFIED = "not_certified"
NO_AGREEMENT = "no_agreement"
PART_TIME = "part_time"


def hindrance(*, employment: str, certified_on: date | None, agreement_signed_on: date | None) -> str:
    """What keeps a registered doctor from practising, or "" (ORG-002, ORG-003): the certification first, then, for a
    part-time doctor, the signed agreement."""
    if certified_on is None:
        return NOT_CERTIFIED
    if employment == PART_TIME and agreement_signed_on is None:
        return NO_AGREEMENT
    return ""
