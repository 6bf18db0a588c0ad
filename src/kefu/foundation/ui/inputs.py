"""What the components take: small frozen records that a view or a query fills and a template only prints.

Words may be lazy translations, so they are typed `object` and become text in the template.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from kefu.foundation.ui.rules import ClockView

Words = object
"""Text or a lazy translation of it."""


@dataclass(frozen=True)
class Status:
    """A status as it is shown: colour, icon and word together, never one alone. `tone` is one of rules.TONES."""

    tone: str
    icon: str
    word: Words


@dataclass(frozen=True)
class CustomerView:
    """A customer's name with what always stands behind it. `sex` is the word to show, `note` such as 线索."""

    name: str
    url: str = ""
    sex: Words = ""
    age: int | None = None
    grade: str = ""
    vip: bool = False
    note: Words = ""


@dataclass(frozen=True)
class PersonView:
    """A colleague: first character, name and role; `me` when it is the reader."""

    name: str
    note: Words = ""
    me: bool = False


@dataclass(frozen=True)
class Verb:
    """The one thing to do from here: a link, or with `post` a form of its own."""

    label: Words
    url: str
    post: bool = False
    primary: bool = False
    icon: str = ""


@dataclass(frozen=True)
class WorkRow:
    """One thing owed: its promise, what kind of work, for whom, what and why, and one verb."""

    clock: ClockView
    kind: Words
    what: Words
    kind_icon: str = "point"
    customer: CustomerView | None = None
    person: PersonView | None = None
    why: Words = ""
    verb: Verb | None = None
    key: str = ""


@dataclass(frozen=True)
class Caution:
    """Something to know before speaking to the customer; severe ones are shown first."""

    text: Words
    severe: bool = False


@dataclass(frozen=True)
class JourneyNode:
    """One node of a journey: `state` is done, now, next or skipped; `tone` is that of the clock of the node it is now."""

    state: str
    label: Words
    owner: Words = ""
    when: Words = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class TimelineLine:
    """One fact about a customer. `time` is how it is written in the list, `at` the absolute moment."""

    time: Words
    what: Words
    title: Words = ""
    icon: str = "point"
    tone: str = "quiet"
    note: Words = ""
    items: Sequence[Words] = field(default_factory=tuple)
    amount: Decimal | None = None
    by: Words = ""
    url: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Option:
    """One choice of a segmented filter, a picker or a tab row."""

    label: Words
    url: str = ""
    count: int | None = None
    pressed: bool = False
    id: str = ""
    hint: Words = ""


@dataclass(frozen=True)
class Column:
    """One table heading; `sorted` is asc, desc or empty."""

    label: Words
    num: bool = False
    url: str = ""
    sorted: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class BulkRow:
    """What became of one item of a bulk action."""

    number: str
    name: str
    status: Status
    url: str = ""
    why: Words = ""
    remedy: Words = ""
    remedy_url: str = ""


@dataclass(frozen=True)
class ConflictRow:
    """One field that two people changed; `pick` is mine or theirs."""

    name: str
    label: Words
    mine: Words
    theirs: Words
    pick: str = "mine"


@dataclass(frozen=True)
class PrintDocument:
    """The head of a printed slip. `barcode` is an image address (data URL or file), `copy` the reprint's number."""

    title: Words
    number: str
    place: Words = ""
    at: datetime | None = None
    barcode: str = ""
    customer: Words = ""
    copy: int = 0
    printed_by: Words = ""
