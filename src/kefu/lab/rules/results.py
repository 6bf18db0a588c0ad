"""What a laboratory value says against our ranges, and whether a panel is complete. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kefu.products.rules import Bounds, FlagCode, flag

COUNTING = frozenset({"final", "corrected"})
"""States of a value that make a report."""

_SAME_SIGNS = str.maketrans(
    {"µ": "u", "μ": "u", "＊": "^", "*": "^", "×": "x", "％": "%", "⁹": "9", "¹": "1", "²": "2"}
)


def judge(numeric: Decimal | None, comparator: str, limits: Bounds | None, critical: Bounds) -> FlagCode:
    """What a value says; a value equal to a limit is within it. Critical limits count even where no range fits.

    `<0.5` is low where everything below 0.5 is low, normal where there is no lower limit and 0.5 is within the upper one;
    where the sign leaves it open, nothing is said.
    """
    if numeric is None:
        return "none"
    alarm = _beyond(numeric, comparator, critical, "critical_low", "critical_high")
    if alarm is not None or limits is None:
        return alarm or "none"
    if not comparator:
        return flag(numeric, limits)
    found = _beyond(numeric, comparator, limits, "low", "high")
    return found or ("normal" if _inside(numeric, comparator, limits) else "none")


def _beyond(numeric: Decimal, comparator: str, limits: Bounds, low: FlagCode, high: FlagCode) -> FlagCode | None:
    below = limits.low is not None and (numeric < limits.low or (comparator == "<" and numeric == limits.low))
    above = limits.high is not None and (numeric > limits.high or (comparator == ">" and numeric == limits.high))
    if below and not comparator.startswith(">"):
        return low
    return high if above and not comparator.startswith("<") else None


def _inside(numeric: Decimal, comparator: str, limits: Bounds) -> bool:
    if comparator.startswith("<"):
        return limits.low is None and limits.high is not None and numeric <= limits.high
    return limits.high is None and limits.low is not None and numeric >= limits.low


def same_unit(ours: str, theirs: str) -> bool:
    """Whether two units are the same apart from spelling: µ and u, 10*9 and 10^9, capitals. A missing one is not compared."""
    return not ours or not theirs or _spelled(ours) == _spelled(theirs)


def _spelled(unit: str) -> str:
    plain = "".join(unit.split()).translate(_SAME_SIGNS).lower().replace("10e", "10^")
    return plain.replace("109/", "10^9/").replace("1012/", "10^12/").removeprefix("x")


@dataclass(frozen=True)
class Panel:
    """How far the results of an ordered item are: `missing` codes, and whether the laboratory cancelled all of it."""

    missing: tuple[str, ...]
    cancelled: bool

    @property
    def complete(self) -> bool:
        """Whether every analyte has a value that counts, or was given up by the laboratory."""
        return not self.missing


def panel(expected: Sequence[str], states: Mapping[str, Sequence[str]]) -> Panel:
    """Where a panel stands; `states` gives the states of each analyte's counting values, one for each OBX-4."""
    settled = COUNTING | {"cancelled"}
    missing = [code for code in expected if not states.get(code) or not settled.issuperset(states[code])]
    cancelled = bool(expected) and all(set(states.get(code, ())) == {"cancelled"} for code in expected)
    return Panel(tuple(missing), cancelled)


def is_late(sent: datetime | None, state: str, before_sent: datetime | None, before_state: str) -> bool:
    """Whether a value was written before the one that is here, by the sender's clock; then it never counts.

    At the same moment a preliminary value does not replace a final one. Without times the order of arrival decides.
    """
    if sent is None or before_sent is None:
        return False
    return sent < before_sent or (sent == before_sent and state == "preliminary" and before_state in COUNTING)


def changed_much(value: Decimal | None, before: Decimal | None, percent: int = 20) -> bool:
    """Whether a value moved by more than so many percent of the earlier one."""
    if value is None or not before:
        return False
    return abs(value - before) * 100 > abs(before) * percent
