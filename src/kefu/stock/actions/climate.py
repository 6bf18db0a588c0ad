"""Writing readings down, opening a breach when one is outside, holding what lies there, and deciding about it (STK-008)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.stock.actions.breaches import open_breach
from kefu.stock.choices import BreachMatter
from kefu.stock.climate_rules import Bounds, Measured, Stretch, out_since, wrong_with
from kefu.stock.limits import CLIMATE_TOLERANCE
from kefu.stock.models import ClimateBreach, ClimateReading, Zone
from kefu.stock.permissions import StockPermission

WRONG = {
    "future": _("读数的时间在将来，请核对记录仪的时钟"),
    "order": _("最低值不能高于最高值，开始不能晚于结束"),
    "long": _("一条记录最长一天"),
    "absurd": _("这个温湿度不可能，请核对"),
}
RUN = 200
"""Readings looked back on to find where a run outside the bounds began."""


@dataclass(frozen=True)
class Given:
    """A reading as it is handed in."""

    zone: Zone
    measured: Measured


@dataclass
class Logged:
    """What became of a batch: rows written, rows that were there before, and rows refused by their place in the batch."""

    taken: int = 0
    known: int = 0
    refused: dict[int, str] = field(default_factory=dict)


@action
def log_readings(*, readings: Sequence[Given], by: User, at: datetime, logger: str = "") -> Logged:
    """Write readings of one logger (or, without one, of a person) down. A reading handed in twice is one row; one that cannot be
    true is refused and the others stay. Opens, widens or ends breaches in a constant number of statements for each zone.
    """
    return _log(readings, logger, by, at)


@action
def log_reading(*, zone: Zone, temperature: Decimal, humidity: Decimal, by: User, at: datetime) -> Logged:
    """What somebody read off the thermometer just now. Raises Invalid for what cannot be true."""
    measured = Measured(at, at, temperature, temperature, humidity, humidity)
    if fault := wrong_with(measured, at):
        raise Invalid.one("temperature", fault, WRONG[fault])
    return _log([Given(zone, measured)], "", by, at)


def _log(readings: Sequence[Given], logger: str, by: User, at: datetime) -> Logged:
    zones = _held({one.zone.pk for one in readings})
    for warehouse in {zone.warehouse for zone in zones.values()}:
        require(by, StockPermission.CLIMATE_LOG, node_id=warehouse.node_id)
    logged, fresh = Logged(), list[ClimateReading]()
    known = _known(zones, readings, logger)
    for number, one in enumerate(readings):
        key = (one.zone.pk, one.measured.ended_at)
        if fault := wrong_with(one.measured, at):
            logged.refused[number] = fault
        elif key in known:
            logged.known += 1
        else:
            known.add(key)
            fresh.append(_row(one, logger, by, at))
    if not fresh:
        nothing_changed()
        return logged
    ClimateReading.objects.bulk_create(fresh)
    logged.taken = len(fresh)
    for zone in zones.values():
        own = sorted((one for one in fresh if one.zone_id == zone.pk), key=lambda one: one.ended_at)
        if own:
            _judge(zone, own, by, at)
            record(
                "stock.climate.logged", by=by, at=at, subject=Subject("stock.zone", zone.pk), node_id=zone.warehouse.node_id,
                changes={"readings": (None, len(own)), "logger": (None, logger)},
            )  # fmt: skip
    return logged


def _held(ids: Iterable[int]) -> dict[int, Zone]:
    rows = Zone.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse", "storage")
    return {zone.pk: zone for zone in rows.filter(pk__in=set(ids)).order_by("pk")}


def _known(zones: Iterable[int], readings: Sequence[Given], logger: str) -> set[tuple[int, datetime]]:
    moments = {one.measured.ended_at for one in readings}
    rows = ClimateReading.objects.filter(zone__in=list(zones), logger=logger, ended_at__in=moments)
    return set(rows.values_list("zone_id", "ended_at"))


def _row(one: Given, logger: str, by: User, at: datetime) -> ClimateReading:
    return ClimateReading(zone=one.zone, logger=logger, by=by, at=at, **vars(one.measured))


def _judge(zone: Zone, fresh: Sequence[ClimateReading], by: User, at: datetime) -> None:
    held = {one.matter: one for one in zone.breaches.select_for_update(no_key=True).filter(closed_at=None)}
    for matter, bounds in _bounds_of(zone).items():
        breach, spans = held.get(matter), [_span(one, matter) for one in fresh]
        outside = [bounds.outside(*span) for span in spans]
        run = _run_before(zone, matter, bounds, fresh[0], at) if breach is None and any(outside) else None
        for one, span, out in zip(fresh, spans, outside, strict=True):
            if breach is not None:
                _follow(breach, one.ended_at, span if out else None)
            elif run is not None and (since := run.begun(one, out)):
                breach = open_breach(zone, matter, since, one.ended_at, span, by, at)
        if breach is not None:
            breach.save(update_fields=["last_out_at", "back_at", "lowest", "highest"])


def _span(one: ClimateReading, matter: BreachMatter) -> tuple[Decimal, Decimal]:
    return (
        (one.temp_low, one.temp_high) if matter == BreachMatter.TEMPERATURE else (one.humidity_low, one.humidity_high)
    )


def _follow(breach: ClimateBreach, moment: datetime, outside: tuple[Decimal, Decimal] | None) -> None:
    """An open breach goes on, or its zone is back within bounds."""
    if outside is None:
        if breach.back_at is None and moment > breach.last_out_at:
            breach.back_at = moment
        return
    lowest, highest = outside
    breach.lowest = lowest if breach.lowest is None else min(breach.lowest, lowest)
    breach.highest = highest if breach.highest is None else max(breach.highest, highest)
    if moment > breach.last_out_at:
        breach.last_out_at, breach.back_at = moment, None


@dataclass
class _Run:
    """Readings outside the bounds one after the other: since when, until when somebody dealt with it, and how long is tolerated."""

    since: datetime | None
    settled_at: datetime | None
    tolerated: timedelta

    def begun(self, one: ClimateReading, out: bool) -> datetime | None:
        """When the breach began that this reading makes, if it makes one; what a person read counts at once."""
        self.since = (self.since or one.began_at) if out else None
        if self.since is None or (self.settled_at is not None and one.ended_at <= self.settled_at):
            return None
        long_enough = not one.logger or one.ended_at - self.since >= self.tolerated
        return max(self.since, self.settled_at or self.since) if long_enough else None


def _run_before(zone: Zone, matter: BreachMatter, bounds: Bounds, first: ClimateReading, at: datetime) -> _Run:
    before = zone.readings.filter(logger=first.logger, ended_at__lt=first.ended_at).order_by("-ended_at")[:RUN]
    stretches = [Stretch(one.began_at, one.ended_at, bounds.outside(*_span(one, matter))) for one in before]
    settled_at = zone.breaches.filter(matter=matter).aggregate(latest=Max("closed_at"))["latest"]
    minutes = CLIMATE_TOLERANCE.on(at, node_id=zone.warehouse.node_id)
    return _Run(out_since(reversed(stretches)), settled_at, timedelta(minutes=minutes))


def _bounds_of(zone: Zone) -> dict[BreachMatter, Bounds]:
    """What a zone must keep."""
    storage = zone.storage
    return {
        BreachMatter.TEMPERATURE: Bounds(storage.temp_low, storage.temp_high),
        BreachMatter.HUMIDITY: Bounds(Decimal(storage.humidity_low), Decimal(storage.humidity_high)),
    }
