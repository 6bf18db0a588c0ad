"""The figures of a group of bookings and what each of them means (APT-010, RPT-001). Plain arithmetic on one set of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

TENTH = Decimal("0.1")
DAY = timedelta(days=1)
Number = int | Decimal | None


@dataclass(frozen=True)
class Figures:
    """What became of a group of bookings, beside what the schedule offered; None where the schedule knows no such group."""

    booked: int = 0
    arrived: int = 0
    completed: int = 0
    no_show: int = 0
    cancelled: int = 0
    late: int = 0
    taken: int = 0
    lead: timedelta | None = None
    slots: int | None = None
    minutes: int | None = None

    @property
    def open(self) -> int:
        """Bookings that are still ahead, or that nobody has settled."""
        return self.booked - self.arrived - self.no_show - self.cancelled

    @property
    def used(self) -> Decimal | None:
        """Minutes taken by bookings, per hundred minutes of the schedule."""
        return share(self.taken, self.minutes)

    @property
    def missed(self) -> Decimal | None:
        """Those who did not come, per hundred whose day is settled."""
        return share(self.no_show, self.no_show + self.arrived)

    @property
    def called_off(self) -> Decimal | None:
        """Cancellations per hundred bookings."""
        return share(self.cancelled, self.booked)

    @property
    def lead_days(self) -> Decimal | None:
        """How many days ahead was booked, in the middle of all."""
        return (
            None if self.lead is None else _rounded(Decimal(self.lead.total_seconds()) / Decimal(DAY.total_seconds()))
        )


@dataclass(frozen=True)
class Figure:
    """One figure: its code for programs, its name, what it counts, and how it is read off; `rate` ones are percentages."""

    code: str
    label: object
    meaning: object
    value: Callable[[Figures], Number]
    rate: bool = False


FIGURES = (
    Figure("slots", _("可约档数"), _("出诊时间表在这段时间里给出的号，停诊、休息日和请假除外，加诊在内，几人一场的算几个；选了事项就只算接这个事项的。一个号不属于哪个事项或来源，所以按这两样看时没有。"), lambda one: one.slots),
    Figure("minutes", _("可约分钟"), _("这些号加起来的分钟数。"), lambda one: one.minutes),
    Figure("booked", _("预约数"), _("就诊时间在这段时间里的预约，不管后来怎样；改过时间的按改后的算一次。"), lambda one: one.booked),
    Figure("arrived", _("到店"), _("登记了到达的，已经办完的也在内。"), lambda one: one.arrived),
    Figure("completed", _("办完"), _("到店里已经办完的。"), lambda one: one.completed),
    Figure("open", _("未结"), _("还没到日子，或到了日子还没人登记的。"), lambda one: one.open),
    Figure("no_show", _("未到"), _("登记为未到的。"), lambda one: one.no_show),
    Figure("cancelled", _("取消"), _("取消了的。"), lambda one: one.cancelled),
    Figure("late", _("临时取消"), _("取消里没有提前到规定时间的。"), lambda one: one.late),
    Figure("used", _("占用率"), _("有效预约（没取消、没失约的）占的分钟 ÷ 可约分钟；时间表后来缩短时会超过百分之百。"), lambda one: one.used, True),
    Figure("missed", _("爽约率"), _("未到 ÷（到店 + 未到）；未结和取消的不算。"), lambda one: one.missed, True),
    Figure("called_off", _("取消率"), _("取消 ÷ 预约数。"), lambda one: one.called_off, True),
    Figure("lead_days", _("提前天数"), _("从登记到就诊隔了几天，所有预约的中位数。"), lambda one: one.lead_days),
)  # fmt: skip
"""In the order of the page, the export and the API."""


def share(part: int, whole: int | None) -> Decimal | None:
    """Part per hundred of the whole, to a tenth; None of nothing."""
    return _rounded(Decimal(100 * part) / whole) if whole else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
