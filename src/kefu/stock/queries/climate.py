"""How warm and damp it is in the zones, what still has to be read, and what is outside its bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from kefu.foundation.access.queries import scope
from kefu.organisation.models import User
from kefu.stock.choices import NOT_THERE, BreachMatter
from kefu.stock.models import ClimateBreach, ClimateReading, Warehouse, Zone
from kefu.stock.permissions import StockPermission

NOON = time(12)
DAYS = 14


@dataclass(frozen=True)
class ZoneClimate:
    """A zone with its last reading, its open breaches, and whether the reading of this half of the day is still missing."""

    zone: Zone
    last: ClimateReading | None
    breaches: tuple[ClimateBreach, ...]
    due: bool


@dataclass(frozen=True)
class DayClimate:
    """Lowest and highest of a day in a zone."""

    day: date
    temp_low: Decimal
    temp_high: Decimal
    humidity_low: Decimal
    humidity_high: Decimal


def climate_warehouses(user: User) -> QuerySet[Warehouse]:
    """The warehouses whose climate a person may see."""
    return Warehouse.objects.filter(scope(user, StockPermission.CLIMATE_VIEW), active=True).order_by("code")


def half_day(at: datetime) -> datetime:
    """When this half of the day began: each has its own reading."""
    local = timezone.localtime(at)
    return local.replace(hour=12 if local.time() >= NOON else 0, minute=0, second=0, microsecond=0)


def _read(since: datetime) -> Exists:
    return Exists(ClimateReading.objects.filter(zone=OuterRef("pk"), ended_at__gte=since))


def unread_zones(user: User, at: datetime) -> QuerySet[Zone]:
    """The zones of the warehouses a person keeps that nobody has read yet in this half of the day."""
    zones = Zone.objects.exclude(purpose__in=NOT_THERE).filter(warehouse__keeper=user, warehouse__active=True)
    return zones.filter(~_read(half_day(at))).select_related("warehouse").order_by("warehouse__code", "code")


def climate_now(warehouse: Warehouse, at: datetime) -> list[ZoneClimate]:
    """The zones of a warehouse as they are now, in three queries."""
    zones = list(warehouse.own_zones.select_related("storage").order_by("code"))
    last = ClimateReading.objects.filter(zone__in=zones).order_by("zone_id", "-ended_at", "-id").distinct("zone_id")
    latest = {one.zone_id: one for one in last}
    open_now: dict[int, list[ClimateBreach]] = {}
    for breach in ClimateBreach.objects.filter(zone__in=zones, closed_at=None).order_by("pk"):
        open_now.setdefault(breach.zone_id, []).append(breach)
    since = half_day(at)
    return [
        ZoneClimate(
            zone,
            one := latest.get(zone.pk),
            tuple(open_now.get(zone.pk, ())),
            one is None or one.ended_at < since,
        )
        for zone in zones
    ]


def days_of(zone: Zone, at: datetime) -> list[DayClimate]:
    """The last two weeks of a zone, day by day, the newest first: the true extremes, nothing averaged."""
    rows = zone.readings.filter(ended_at__gt=at - timedelta(days=DAYS)).annotate(day=TruncDate("ended_at"))
    told = (
        rows.order_by()
        .values_list("day")
        .annotate(Min("temp_low"), Max("temp_high"), Min("humidity_low"), Max("humidity_high"))
    )
    return [DayClimate(*row) for row in sorted(told, reverse=True)]


def _zone(user: User, asked: Mapping[str, str]) -> QuerySet[Zone]:
    return Zone.objects.filter(warehouse__in=climate_warehouses(user), code=asked.get("zone", ""))


def readings_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[ClimateReading]:
    """The readings of a zone (`zone`, its code) within reach, newest first."""
    rows = ClimateReading.objects.filter(zone__in=_zone(user, asked)).select_related(
        "by", "zone__warehouse", "zone__storage"
    )
    return rows.order_by("-ended_at", "-id")


def breaches_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[ClimateBreach]:
    """The breaches of a warehouse (`warehouse`, its code; without one, of all within reach), newest first."""
    warehouses = climate_warehouses(user)
    if code := asked.get("warehouse", ""):
        warehouses = warehouses.filter(code=code)
    return (
        ClimateBreach.objects.filter(zone__warehouse__in=warehouses)
        .select_related("zone__warehouse", "closed_by")
        .order_by("-id")
    )


def silent_zones(at: datetime) -> Iterable[tuple[Zone, datetime]]:
    """Zones with a logger, no breach for its silence since it was last heard, and when that was."""
    heard = (
        ClimateReading.objects.filter(zone=OuterRef("pk")).exclude(logger="").order_by("-ended_at").values("ended_at")
    )
    zones = Zone.objects.filter(warehouse__active=True).annotate(heard_at=Subquery(heard[:1])).filter(heard_at__lt=at)
    silent = ClimateBreach.objects.filter(
        zone=OuterRef("pk"), matter=BreachMatter.SILENCE, last_out_at__gte=OuterRef("heard_at")
    )
    heard_at = dict(zones.filter(~Exists(silent)).values_list("pk", "heard_at"))
    for zone in Zone.objects.filter(pk__in=heard_at).select_related("warehouse__keeper").order_by("pk"):
        yield zone, heard_at[zone.pk]


def breaches_to_settle(user: User) -> QuerySet[ClimateBreach]:
    """What is open in the warehouses a person keeps: breaches, and goods held in them that nobody has decided about."""
    mine = ClimateBreach.objects.filter(zone__warehouse__keeper=user).select_related("zone__warehouse")
    return (
        mine.filter(Q(closed_at=None) | Q(held__decision=""))
        .distinct()
        .order_by(F("closed_at").desc(nulls_first=True), "pk")
    )
