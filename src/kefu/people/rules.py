"""Who may practise. Plain Python."""

from __future__ import annotations

import re
from datetime import date

NOT_CERTIFIED = "not_certified"
NO_AGREEMENT = "no_agreement"
EXPIRED = "expired"
PART_TIME = "part_time"
MANY_DIGITS = re.compile(r"[0-9](?:[\s\-.]?[0-9]){6,}")


def hindrance(
    *, employment: str, certified_on: date | None, agreement_signed_on: date | None, lapsed: bool = False
) -> str:
    """What keeps a registered doctor from practising, or "" (ORG-002, ORG-003): the certification first, then, for a
    part-time doctor, the signed agreement, then a certificate that ran out."""
    if certified_on is None:
        return NOT_CERTIFIED
    if employment == PART_TIME and agreement_signed_on is None:
        return NO_AGREEMENT
    return EXPIRED if lapsed else ""


def names_a_number(text: str) -> bool:
    """Whether a text holds a telephone, identity or archive number: a run of seven digits or more, however it is grouped."""
    return MANY_DIGITS.search(text) is not None


def gaps_of(*, name: str, address: str, person_in_charge: str, phone: str, mode: str, items: list[str]) -> list[str]:
    """What a partner's record still lacks for a signature, in the order of the form (ORG-007, ORG-008)."""
    filled = {"zh": name, "address": address, "person_in_charge": person_in_charge, "phone": phone, "mode": mode}
    return [field for field, value in filled.items() if not value.strip()] + ([] if items else ["items"])


def remind_on(valid_to: date, days: tuple[int, ...], today: date) -> int | None:
    """The reminder that falls due today, as days before the end; None on other days. The end itself is day 0."""
    left = (valid_to - today).days
    return left if left in {*days, 0} else None
