"""How lots, bands and moves are told: words, colours, lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kefu.foundation.ui.inputs import Option, Status
from kefu.stock.choices import Band, Quality
from kefu.stock.models import Balance
from kefu.stock.queries import Days, LotRow, Overview, ProductRow

COLUMNS = 20
LEAST = 3
YEAR = 365
MONTHS_FROM = 90


@dataclass(frozen=True)
class LotView:
    """A lot's line."""

    balance: Balance
    status: Status
    left: str
    left_step: int
    dated: bool
    turn: str
    first: bool


@dataclass(frozen=True)
class ProductView:
    """A product's heading and its lots."""

    row: ProductRow
    lots: list[LotView]


@dataclass(frozen=True)
class BandView:
    """A segment of the bar above the list: as wide as its share."""

    packs: int
    label: str
    tone: str
    span: int


def left_words(days: int | None) -> str:
    """过 4 天, 25 天, 9 个月."""
    if days is None:
        return "–"
    if days < 0:
        return ngettext("过 %(days)d 天", "过 %(days)d 天", -days) % {"days": -days}
    if days >= MONTHS_FROM:
        months = int(days / 30.4375)
        return ngettext("%(months)d 个月", "%(months)d 个月", months) % {"months": months}
    return ngettext("%(days)d 天", "%(days)d 天", days) % {"days": days}


def status_of(balance: Balance, band: str, days: Days) -> Status:
    """What counts most about a lot: that it is recalled or held, else how near its end."""
    if balance.lot.recalled:
        return Status("late", "alert-triangle", _("已召回"))
    if balance.quality != Quality.GOOD:
        return Status("pause", "lock", balance.get_quality_display())
    if not balance.zone.is_shelf:
        return Status("pause", "lock", balance.zone.get_purpose_display())
    match band:
        case Band.EXPIRED:
            return Status("late", "alert-triangle", _("已过期"))
        case Band.URGENT:
            return Status("late", "hourglass", _("%(days)s 天内") % {"days": days.urgent})
        case Band.SOON:
            return Status("soon", "hourglass", _("%(days)s 天内") % {"days": days.soon})
    return Status("quiet", "check", _("正常"))


def turn_words(turn: int | None) -> str:
    """先出, 第 2, 不出库."""
    if turn is None:
        return _("不出库")
    return _("先出") if turn == 1 else _("第 %(turn)s") % {"turn": turn}


def lot_view(row: LotRow, days: Days) -> LotView:
    """A lot with its words."""
    left = row.days_left
    step = 0 if left is None else min(100, max(0, round(left / YEAR * COLUMNS) * 5))
    turn = turn_words(row.turn)
    status = status_of(row.balance, row.band, days)
    return LotView(row.balance, status, left_words(left), step, left is not None, turn, row.turn == 1)


def product_views(rows: Sequence[ProductRow], days: Days) -> list[ProductView]:
    """Products with their lots."""
    return [ProductView(row, [lot_view(lot, days) for lot in row.lots]) for row in rows]


def band_views(overview: Overview, days: Days) -> list[BandView]:
    """The bar of expiry: expired, urgent, soon, the rest; each wide enough to be read."""
    told = [
        (overview.packs[Band.EXPIRED], _("已过期"), "late"),
        (overview.packs[Band.URGENT], _("%(days)s 天内到期") % {"days": days.urgent}, "late"),
        (overview.packs[Band.SOON], _("%(days)s 天内，先出") % {"days": days.soon}, "soon"),
        (
            overview.packs[Band.LATER] + overview.packs[Band.UNDATED],
            _("%(days)s 天以上") % {"days": days.soon},
            "quiet",
        ),
    ]
    spans = _spans([packs for packs, _label, _tone in told])
    return [BandView(packs, label, tone, span) for (packs, label, tone), span in zip(told, spans, strict=True)]


def _spans(amounts: Sequence[int]) -> list[int]:
    free = COLUMNS - LEAST * len(amounts)
    whole = sum(amounts) or 1
    spans = [LEAST + amount * free // whole for amount in amounts]
    spans[-1] += COLUMNS - sum(spans)
    return spans


def filters(overview: Overview, days: Days, band: str, quality: str, base: str) -> list[Option]:
    """The segmented filter: all, expired, urgent, soon, held."""
    urgent, soon = _("%(days)s 天内") % {"days": days.urgent}, _("%(days)s 天内") % {"days": days.soon}
    return [
        Option(_("全部"), f"?{base}", overview.all_lots, pressed=not band and not quality),
        Option(_("已过期"), f"?{base}&band=expired", overview.lots[Band.EXPIRED], pressed=band == Band.EXPIRED),
        Option(urgent, f"?{base}&band=urgent", overview.lots[Band.URGENT], pressed=band == Band.URGENT),
        Option(soon, f"?{base}&band=soon", overview.lots[Band.SOON], pressed=band == Band.SOON),
        Option(_("冻结和破损"), f"?{base}&quality=held", overview.held, pressed=quality == "held"),
    ]
