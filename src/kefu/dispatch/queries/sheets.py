"""The checks of a day's slips, days nobody checked, and what the shop's listing says (STK-021)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from kefu.dispatch.choices import SheetState, SlipResult
from kefu.dispatch.limits import SHEET_DAYS
from kefu.dispatch.models import ListingCorrection, SlipSheet
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.models import Balance, IssueSlip, Warehouse

SHEET = "dispatch.sheet"


@dataclass(frozen=True)
class Goods:
    """A product of the slips of a day: packs that left, packs that may leave by the book now, and what the listing says."""

    product: Product
    left: int
    book: int
    listed: int | None


def sheets_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[SlipSheet]:
    """The checks within reach, newest day first: by state and warehouse code; with slips, those not done and those that differ."""
    rows = SlipSheet.objects.visible_to(user).select_related("warehouse__node", "by", "posted_by")
    if (state := asked.get("state", "")) in SheetState.values:
        rows = rows.filter(state=state)
    if code := asked.get("warehouse", ""):
        rows = rows.filter(warehouse__code=code)
    open_ = Q(lines__result="") | Q(lines__result=SlipResult.DIFFERS, lines__settled_by__isnull=True)
    differs = Count("lines", filter=Q(lines__result=SlipResult.DIFFERS))
    return rows.annotate(slips=Count("lines"), left=Count("lines", filter=open_), differs=differs).order_by("-id")


def slips_of(warehouse: Warehouse, day: date) -> QuerySet[IssueSlip]:
    """The issue slips of a day, parcels to customers and whatever else left."""
    start = timezone.make_aware(datetime.combine(day, time()))
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    return IssueSlip.objects.filter(warehouse=warehouse, at__gte=start, at__lt=end).order_by("id")


def days_unchecked(user: User, at: datetime) -> list[tuple[Warehouse, date]]:
    """Days that are over, have slips and no check yet, at the warehouses whose register the person keeps; the oldest first."""
    today = timezone.localdate(at)
    start = timezone.make_aware(datetime.combine(today - timedelta(days=SHEET_DAYS.on(at)), time()))
    end = timezone.make_aware(datetime.combine(today, time()))
    mine = Warehouse.objects.filter(scope(user, DispatchPermission.REGISTER, node="node_id"), active=True)
    slips = IssueSlip.objects.filter(warehouse__in=mine, at__gte=start, at__lt=end).annotate(day=TruncDate("at"))
    begun = SlipSheet.objects.filter(warehouse=OuterRef("warehouse"), day=OuterRef("day"))
    found = sorted(slips.filter(~Exists(begun)).order_by().values_list("day", "warehouse").distinct())
    warehouses = Warehouse.objects.select_related("node").in_bulk({pk for _day, pk in found}) if found else {}
    return [(warehouses[pk], day) for day, pk in found]


def goods_of(sheet: SlipSheet, at: datetime) -> list[Goods]:
    """The products of a day's slips, beside the book and the listing as they are now. Three queries."""
    issued = IssueSlip.objects.filter(pk__in=sheet.lines.values("slip")).values("lines__lot__product")
    left = {row["lines__lot__product"]: row["packs"] for row in issued.annotate(packs=Sum("lines__packs"))}
    book, listed = _books(sheet.warehouse, left, at), listed_now(sheet.warehouse, left)
    products = Product.objects.filter(pk__in=left).order_by("code")
    return [Goods(one, left[one.pk], book.get(one.pk, 0), listed.get(one.pk)) for one in products]


def book_of(warehouse: Warehouse, product: Product, at: datetime) -> int:
    """Packs that may leave by the book now and are not set aside."""
    return _books(warehouse, [product.pk], at).get(product.pk, 0)


def listed_now(warehouse: Warehouse, products: Iterable[int]) -> dict[int, int]:
    """What the shop's listing says, by product id, where it was ever set."""
    rows = ListingCorrection.objects.filter(warehouse=warehouse, product__in=list(products))
    latest = rows.order_by("product_id", "-id").distinct("product_id")
    return dict(latest.values_list("product_id", "packs"))


def corrections_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[ListingCorrection]:
    """Corrections of the listing within reach, newest first, of one product (`q`: the beginning of its code)."""
    mine = scope(user, DispatchPermission.VIEW, node="warehouse__node_id")
    rows = ListingCorrection.objects.filter(mine).select_related("warehouse", "product", "by")
    if text := asked.get("q", "").strip():
        rows = rows.filter(product__code__istartswith=text)
    return rows.order_by("-id")


def _books(warehouse: Warehouse, products: Iterable[int], at: datetime) -> dict[int, int]:
    rows = Balance.objects.filter(warehouse=warehouse, product__in=list(products)).pickable(timezone.localdate(at))
    sums = rows.order_by().values("product").annotate(packs=Sum(F("quantity") - F("reserved")))
    return {row["product"]: row["packs"] for row in sums}
