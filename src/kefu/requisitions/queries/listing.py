"""Requisitions, what is on its way, par levels and lendings, as their pages and spreadsheets list them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kefu.organisation.models import User
from kefu.requisitions.choices import OPEN, UNDER_WAY, LendingState, State
from kefu.requisitions.models import Lending, ParLevel, Requisition, RequisitionLine, ShippedLine
from kefu.requisitions.queries.proposing import needs_of, par_now
from kefu.requisitions.rules import Need
from kefu.stock.models import Warehouse

SETTLED = F("accepted") + F("damaged") + F("found") + F("back") + F("lost")


@dataclass(frozen=True)
class ParRow:
    """A par level and what is known of its product today."""

    level: ParLevel
    need: Need


def requisitions_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Requisition]:
    """The requisitions within reach, newest first: by state (`open`: all that are not done), warehouse code, and the beginning of the number."""
    rows = Requisition.objects.visible_to(user).select_related("target__node", "source__node", "by", "slip")
    state = asked.get("state", "")
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state in State.values:
        rows = rows.filter(state=state)
    if code := asked.get("warehouse", ""):
        rows = rows.filter(Q(target__code=code) | Q(source__code=code))
    if text := asked.get("q", "").strip():
        rows = rows.filter(number__istartswith=text)
    return rows.order_by("-id")


def lines_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[RequisitionLine]:
    """The lines of a requisition (`requisition`: its number) with what was known when they were worked out."""
    mine = requisitions_listed(user, {}, at).order_by().filter(number=asked.get("requisition", ""))
    rows = RequisitionLine.objects.filter(requisition__in=mine)
    return rows.select_related("product", "requisition__target").order_by("product__code", "pk")


def on_the_way(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[ShippedLine]:
    """Lots that were sent and are not all there yet, newest first; by the code of the warehouse they go to."""
    mine = Requisition.objects.visible_to(user).filter(state__in=UNDER_WAY)
    if code := asked.get("warehouse", ""):
        mine = mine.filter(target__code=code)
    rows = ShippedLine.objects.filter(requisition__in=mine, packs__gt=SETTLED)
    named = ("requisition__target", "requisition__source", "requisition__slip", "lot__product")
    return rows.select_related(*named).order_by("-id")


def par_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[ParLevel]:
    """The par levels of a warehouse (`warehouse`: its code) that count today."""
    warehouse = Warehouse.objects.visible_to(user).filter(code=asked.get("warehouse", "")).first()
    if warehouse is None:
        return ParLevel.objects.none()
    return par_now(warehouse, at).select_related("product", "warehouse", "by").order_by("product__code", "pk")


def par_rows(levels: Sequence[ParLevel], _user: User, at: datetime) -> Iterable[ParRow]:
    """Par levels of one warehouse with what is known of their products."""
    if not levels:
        return []
    needs = needs_of(levels[0].warehouse, [one.product for one in levels], at)
    return [ParRow(one, needs[one.product_id]) for one in levels]


def lendings_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Lending]:
    """The lendings within reach, newest first: by state, or `overdue`, and the warehouse's code."""
    rows = Lending.objects.visible_to(user).select_related(
        "warehouse__node", "borrower", "by", "decided_by", "handed_by"
    )
    state = asked.get("state", "")
    if state == "overdue":
        rows = rows.filter(state=LendingState.OUT, due_on__lt=timezone.localdate(at))
    elif state in LendingState.values:
        rows = rows.filter(state=state)
    if code := asked.get("warehouse", ""):
        rows = rows.filter(warehouse__code=code)
    return rows.order_by("-id")
