"""The climate over the API: what loggers send, and what was outside its bounds (STK-008)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Ident, In, Moment, Out
from kefu.kernel.ids import ident
from kefu.stock.actions import Given, Logged, log_readings
from kefu.stock.actions.climate import WRONG
from kefu.stock.climate_rules import Measured
from kefu.stock.models import ClimateBreach, Zone
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import breaches_listed, climate_warehouses
from kefu.stock.sentences import UNKNOWN_ZONE

router = Router(tags=["stock"])
Degrees = Annotated[Decimal, Field(gt=-1000, lt=1000, decimal_places=2)]


class ReadingIn(In):
    """Lowest and highest of an interval in a zone."""

    zone: Ident
    began_at: Moment
    ended_at: Moment
    temp_low: Degrees
    temp_high: Degrees
    humidity_low: Degrees
    humidity_high: Degrees


class ReadingsIn(In):
    """What a logger sends at once."""

    logger: Annotated[Ident, Field(max_length=40)]
    readings: Annotated[list[ReadingIn], Field(min_length=1, max_length=500)]


class RefusedOut(Out):
    """A row of the batch that was not taken, counted from 0."""

    row: int
    code: str
    message: str


class ReadingsOut(Out):
    """What became of a batch."""

    taken: int
    known: int
    refused: list[RefusedOut]


class BreachFilter(Page):
    """A warehouse by its code."""

    warehouse: Ident | None = None


class BreachOut(Out):
    """A time a zone was outside its bounds."""

    id: str
    zone: str
    matter: str
    opened_at: Moment
    back_at: Moment | None
    closed_at: Moment | None
    cause: str
    held: int


@router.post("climate-readings", response={200: ReadingsOut, **RESPONSES}, operation_id="climate_readings_create")
@needs(StockPermission.CLIMATE_LOG)
def log(request: ApiRequest, body: ReadingsIn) -> dict[str, object]:
    """Take the readings of a logger; a reading sent again is one row, one that cannot be true is refused and the others stay."""
    zones = Zone.objects.filter(
        warehouse__in=climate_warehouses(request.user), code__in={row.zone for row in body.readings}
    )
    known = {zone.code: zone for zone in zones.select_related("warehouse", "storage")}
    places, given = list[int](), list[Given]()
    for number, row in enumerate(body.readings):
        if zone := known.get(row.zone):
            places.append(number)
            given.append(Given(zone, _measured(row)))
    done = log_readings(readings=given, logger=body.logger, by=request.user, at=request.at) if given else Logged()
    refused = {number: ("unknown", str(UNKNOWN_ZONE)) for number in set(range(len(body.readings))) - set(places)}
    refused |= {places[number]: (code, str(WRONG[code])) for number, code in done.refused.items()}
    told = [{"row": number, "code": code, "message": words} for number, (code, words) in sorted(refused.items())]
    return {"taken": done.taken, "known": done.known, "refused": told}


@router.get("climate-breaches", response={200: Listing[BreachOut], **RESPONSES}, operation_id="climate_breaches_list")
@needs(StockPermission.CLIMATE_VIEW)
def list_breaches(request: ApiRequest, query: Query[BreachFilter]) -> dict[str, object]:
    """What was outside its bounds within reach, newest first."""
    rows = breaches_listed(request.user, {"warehouse": query.warehouse or ""}, request.at).prefetch_related("held")
    return listing(rows, query, order=("-id",), show=_show)


def _measured(row: ReadingIn) -> Measured:
    return Measured(row.began_at, row.ended_at, row.temp_low, row.temp_high, row.humidity_low, row.humidity_high)


def _show(row: ClimateBreach) -> dict[str, object]:
    return {
        "id": ident("brc", row.pk),
        "zone": row.zone.code,
        "matter": row.matter,
        "opened_at": row.opened_at,
        "back_at": row.back_at,
        "closed_at": row.closed_at,
        "cause": row.cause,
        "held": len(row.held.all()),
    }
