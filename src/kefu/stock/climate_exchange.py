"""Readings of loggers from spreadsheets, and readings and breaches taken away as spreadsheets (STK-008)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.exchange.cells import BadCell, plain, text
from kefu.foundation.exchange.lists import Asked, Listed
from kefu.foundation.exchange.lists import register as register_list
from kefu.foundation.exchange.specs import Column, Context, ImportSpec, Outcome, Row, register
from kefu.kernel.errors import Invalid, OutOfScope
from kefu.organisation.models import User
from kefu.stock.actions import Given, log_readings
from kefu.stock.actions.climate import WRONG
from kefu.stock.climate_rules import Measured
from kefu.stock.models import ClimateReading, Zone
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import breaches_listed, climate_warehouses, readings_listed
from kefu.stock.sentences import UNKNOWN_ZONE

VIEW = (StockPermission.CLIMATE_VIEW,)


def moment(cell: object) -> datetime:
    """2026-03-12 14:30, local time."""
    read = cell if isinstance(cell, datetime) else _parsed(plain(cell))
    if read is None:
        raise BadCell("moment", str(_("时间写成 2026-03-12 14:30 这样")))
    return read if timezone.is_aware(read) else timezone.make_aware(read)


def _parsed(words: str) -> datetime | None:
    try:
        return parse_datetime(words.replace("/", "-"))
    except ValueError:
        return None


def degrees(cell: object) -> Decimal:
    """A temperature or humidity with up to two decimals."""
    try:
        read = Decimal(plain(cell).rstrip("℃%"))
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite() or abs(read) >= 1000:
        raise BadCell("number", str(_("要填数字，例如 4.5")))
    return read.quantize(Decimal("0.01"))


COLUMNS = (
    Column("库区编码", "zone", ("库区", "zone"), required=True, parse=text(30)),
    Column("记录仪", "logger", ("logger",), required=True, parse=text(40)),
    Column("从", "began_at", ("开始", "from"), parse=moment, hint=_("不填就是单次读数")),
    Column("到", "ended_at", ("时间", "结束", "to"), required=True, parse=moment, hint="2026-03-12 14:30"),
    Column("最低温度", "temp_low", ("temp_low",), required=True, parse=degrees),
    Column("最高温度", "temp_high", ("temp_high",), required=True, parse=degrees),
    Column("最低湿度", "humidity_low", ("humidity_low",), required=True, parse=degrees),
    Column("最高湿度", "humidity_high", ("humidity_high",), required=True, parse=degrees),
)


def take_reading(row: Row, context: Context) -> Outcome:
    """One interval of a logger; the same once more is unchanged."""
    given = dict(row.values)
    zone = _zones(context).get(str(given.pop("zone")))
    logger = str(given.pop("logger"))
    if zone is None:
        raise Invalid.one("zone", "unknown", UNKNOWN_ZONE)
    measured = Measured(**given | {"began_at": given["began_at"] or given["ended_at"]})
    done = log_readings(readings=[Given(zone, measured)], logger=logger, by=context.by, at=context.at)
    if done.refused:
        raise Invalid.one("ended_at", done.refused[0], WRONG[done.refused[0]])
    made = ClimateReading.objects.get(zone=zone, logger=logger, ended_at=measured.ended_at)
    return Outcome("unchanged" if done.known else "created", made.pk)


def _zones(context: Context) -> dict[str, Zone]:
    if "zones" not in context.memory:
        zones = Zone.objects.filter(warehouse__in=climate_warehouses(context.by))
        context.memory["zones"] = {zone.code: zone for zone in zones.select_related("warehouse", "storage")}
    found: dict[str, Zone] = context.memory["zones"]
    return found


def _may(user: User) -> None:
    require(user, StockPermission.CLIMATE_LOG)


def zone_page(asked: Asked) -> str:
    """The page of the zone whose readings they are."""
    zone = Zone.objects.filter(code=asked.get("zone", "")).first()
    if zone is None:
        raise OutOfScope
    return reverse("stock:climate_zone", args=[zone.pk])


register(ImportSpec("climate", _("温湿度读数"), COLUMNS, take_reading, _may, "stock.climate_reading"))
READINGS = register_list(
    Listed(
        code="stock.readings", title=_("温湿度读数"), page=zone_page, view=VIEW, rows=readings_listed, nodes=("zone__warehouse__node_id",),
        columns=(
            (_("库区"), lambda one: one.zone.code), (_("记录仪"), lambda one: one.logger), (_("从"), lambda one: one.began_at),
            (_("到"), lambda one: one.ended_at), (_("最低温度"), lambda one: one.temp_low), (_("最高温度"), lambda one: one.temp_high),
            (_("最低湿度"), lambda one: one.humidity_low), (_("最高湿度"), lambda one: one.humidity_high), (_("记录人"), lambda one: one.by.name),
        ),
    )
)  # fmt: skip
BREACHES = register_list(
    Listed(
        code="stock.breaches", title=_("温湿度异常"), page="stock:climate", view=VIEW, rows=breaches_listed, nodes=("zone__warehouse__node_id",),
        columns=(
            (_("库区"), lambda one: one.zone.code), (_("异常"), lambda one: one.get_matter_display()), (_("开始"), lambda one: one.opened_at),
            (_("恢复时间"), lambda one: one.back_at), (_("最低"), lambda one: one.lowest), (_("最高"), lambda one: one.highest),
            (_("处理时间"), lambda one: one.closed_at), (_("原因类别"), lambda one: one.get_cause_display()), (_("原因和措施"), lambda one: one.reason),
        ),
    )
)  # fmt: skip
