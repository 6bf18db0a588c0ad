"""What holds for archives and phone numbers: plain decisions without tables and clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kefu.customers.choices import Side

MANDATORY = ("name", "age", "contact", "doctor", "health_manager", "node", "source", "remarks")
"""Without these no archive is opened (CUS-001)."""

OLDEST = 130
STARS = "****"
TAIL = 4
"""How many characters of a number tell one from another at the desk."""


def age_on(
    on: date, *, birth_date: date | None = None, stated: int | None = None, stated_on: date | None = None
) -> int | None:
    """Age in full years on a day. A stated age grows by the years since it was stated; None when nothing is known."""
    if birth_date is not None:
        return _years(birth_date, on)
    if stated is not None and stated_on is not None:
        return stated + max(0, _years(stated_on, on))
    return None


def _years(start: date, end: date) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def mask_number(number: str) -> str:
    """A card or document number with all but its end hidden: four characters at most, and never more than a third."""
    shown = min(TAIL, len(number) // 3)
    return f"{STARS}{number[len(number) - shown :]}" if number else ""


def missing_fields(*, name: str, age_known: bool, contact: bool, doctor: bool, health_manager: bool, node: bool, source: bool,
                   remarks: bool) -> list[str]:  # fmt: skip
    """The mandatory fields that are still empty, in the order of the form (CUS-001)."""
    present = {"name": bool(name.strip()), "age": age_known, "contact": contact, "doctor": doctor, "health_manager": health_manager,
               "node": node, "source": source, "remarks": remarks}  # fmt: skip
    return [field for field in MANDATORY if not present[field]]


def visit_gaps(*, name: bool, sex: bool, contact: bool) -> list[str]:
    """What must be known of somebody before a visit is booked and is not, in the order of the form (APT-014)."""
    present = {"name": name, "sex": sex, "contact": contact}
    return [field for field, known in present.items() if not known]


class Identity(StrEnum):
    """What becomes of a phone number that a new person gives."""

    OWN = "own"  # nobody has it: it is theirs
    SHARED = "shared"  # a family member owns it and the link is given
    SUGGEST = "suggest"  # somebody has it: a lead is taken with a warning
    TAKE_OVER = "take_over"  # only a lead has it: the archive takes it over
    REFUSE = "refuse"  # an active customer owns it and no family link is given


@dataclass(frozen=True)
class PhoneOwner:
    """Who owns a number now."""

    customer_id: int
    active: bool


def phone_identity(owner: PhoneOwner | None, *, archive: bool, family_of: int | None = None) -> Identity:
    """Decide over a number: a lead on a known number is taken with a suggestion, an archive needs the family link."""
    if owner is None:
        return Identity.OWN
    if family_of == owner.customer_id:
        return Identity.SHARED
    if not archive:
        return Identity.SUGGEST
    return Identity.REFUSE if owner.active else Identity.TAKE_OVER


@dataclass(frozen=True)
class Merged:
    """What comes of two people's changes to one record: what may be saved, and the fields both changed differently."""

    changes: dict[str, str]
    conflicts: list[str]


def three_way(base: dict[str, str], mine: dict[str, str], theirs: dict[str, str]) -> Merged:
    """Compare my values and the stored ones with those I began from. What only I changed is saved, what only they changed stays."""
    changes: dict[str, str] = {}
    conflicts: list[str] = []
    for field, value in mine.items():
        began, stored = base.get(field, ""), theirs.get(field, "")
        if value in (began, stored):
            continue
        if stored == began:
            changes[field] = value
        else:
            conflicts.append(field)
    return Merged(changes, conflicts)


def may_turn_to(*, closed: bool, marketing: bool, agreed: bool) -> bool:
    """Whether the house may turn to a customer: never to one who is gone, and for marketing only where it was agreed to."""
    return not closed and (agreed or not marketing)


def strictest(ours: str | None, theirs: str | None, *, refused: str) -> str | None:
    """The consent that counts for two archives of one person: a refusal of either, else what is known of either."""
    return refused if refused in (ours, theirs) else ours or theirs


def side_kept(mine: bool, theirs: bool, *, careful: bool) -> Side:
    """Whose field is kept when two archives become one: mine where it is filled; of careful ones both, if both are."""
    if not mine:
        return Side.MERGED if theirs else Side.SURVIVOR
    return Side.BOTH if theirs and careful else Side.SURVIVOR


def joined(mine: str, theirs: str) -> str:
    """Two texts one under the other, neither twice."""
    if theirs in mine:
        return mine
    return theirs if mine in theirs else f"{mine}\n{theirs}"
