"""Whether a message speaks of the customer whose order it names (LAB-007). Plain Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kefu.kernel.names import normalise

_DOTS = str.maketrans("", "", "·•・‧∙.．")


def same_name(names: Iterable[str], ours: str) -> bool:
    """Whether one of the sent names is ours, apart from width, blanks, capitals and the dots inside foreign names."""
    wanted = _plain(ours)
    return bool(wanted) and any(_plain(name) == wanted for name in names)


def mismatches(
    names: Iterable[str], birth_date: date | None, sex: str, *, name: str, born: date | None, customer_sex: str
) -> list[str]:
    """What differs: `name` always counts, `birth_date` and `sex` only where both sides have them."""
    found = [] if same_name(names, name) else ["name"]
    if birth_date and born and birth_date != born:
        found.append("birth_date")
    if sex not in ("", "unknown") and customer_sex and sex != customer_sex:
        found.append("sex")
    return found


def _plain(name: str) -> str:
    return normalise(name).translate(_DOTS)
