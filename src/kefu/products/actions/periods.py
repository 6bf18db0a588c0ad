"""Prices with a validity, everywhere or at one place; each change with its reason, nothing rewritten (PRD-014)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record, within_action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import Node, User
from kefu.products.changing import amount, locked, subject_of
from kefu.products.choices import PriceKind
from kefu.products.models import PricePeriod, Product, Promotion
from kefu.products.permissions import ProductsPermission
from kefu.products.queries.prices import clash


@action
def set_price(
    *, product: Product, price: Decimal, starts_on: date, ends_before: date | None = None, node: Node | None = None,
    reason: str, by: User, at: datetime,
) -> PricePeriod:  # fmt: skip
    """Set what a product costs on the days `[starts_on, ends_before)`, everywhere or at a place and below; an open end holds on.

    Orders already placed keep theirs. Raises Invalid without a reason, for an impossible amount, days that are over or run backwards, or
    days on which another price of the same kind holds there.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    faults = []
    if not reason.strip():
        faults.append(FieldError("reason", "required", _("定价原因还没填")))
    if starts_on < timezone.localdate(at):
        faults.append(FieldError("starts_on", "past", _("开始日期不能早于今天，过去的价格不改")))
    if ends_before is not None and ends_before <= starts_on:
        faults.append(FieldError("ends_before", "order", _("截止日期要晚于开始日期")))
    if not product.sold_separately:
        faults.append(FieldError("product", "not_sold", _("这个产品不单独销售，不用定价")))
    if faults:
        raise Invalid(faults)
    current = locked(product)
    period = PricePeriod(
        product=current, node=node, kind=PriceKind.LIST, days=DateRange(starts_on, ends_before), price=amount(price),
        reason=reason.strip(), by=by, at=at,
    )  # fmt: skip
    if other := clash(period):
        raise Invalid.one("starts_on", "overlaps", _overlapping(other))
    period.save()
    _record("products.price.set", period, by, at, (None, period.price), reason)
    return period


@within_action
def open_periods(*, promotion: Promotion, by: User, at: datetime) -> list[PricePeriod]:
    """The prices of an approved promotion. Raises Refused `overlaps` when one of its products has another promotion on these days."""
    lines = list(promotion.lines.select_related("product").order_by("product_id"))
    held = {one.pk: one for one in _held(line.product_id for line in lines)}
    days = DateRange(promotion.starts_on, promotion.ends_before)
    periods = [
        PricePeriod(
            product=held[line.product_id], node=promotion.node, kind=PriceKind.PROMOTION, days=days, price=line.price,
            reason=promotion.title, promotion=promotion, by=by, at=at,
        )
        for line in lines
    ]  # fmt: skip
    for period in periods:
        if other := clash(period):
            raise Refused("overlaps", _overlapping(other))
    return PricePeriod.objects.bulk_create(periods)


@action
def end_price(*, period: PricePeriod, on: date, reason: str, by: User, at: datetime) -> PricePeriod:
    """Let a price hold no longer from a day on; one that begins only then or later is called off. The row stays.

    Raises Invalid without a reason, for a day that is over or not within its days; Refused `ended` when it is over already.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("提前结束的原因还没填"))
    if on < timezone.localdate(at):
        raise Invalid.one("on", "past", _("最早从今天起结束，过去的价格不改"))
    locked(period.product)
    current = (
        PricePeriod.objects.select_for_update(of=("self",), no_key=True)
        .select_related("product", "node")
        .get(pk=period.pk)
    )
    before = current.days
    if current.called_off or (before.upper is not None and before.upper <= timezone.localdate(at)):
        raise Refused("ended", _("这个价格已经结束了"))
    if before.upper is not None and on >= before.upper:
        raise Invalid.one("on", "order", _("结束日期要早于原来的截止日期"))
    if on <= before.lower:
        current.called_off = True
    else:
        current.days = DateRange(before.lower, on)
    current.ended_by, current.ended_at, current.end_reason = by, at, reason.strip()
    current.save()
    _record("products.price.ended", current, by, at, (current.price, None), reason)
    return current


def _overlapping(other: PricePeriod) -> str:
    """What to say of a price that holds on the same days."""
    words = _("%(product)s 在这些日子里已有%(kind)s（%(days)s，%(price)s 元），先结束那一条")
    return str(words) % {
        "product": other.product.label,
        "kind": other.get_kind_display(),
        "days": other.told_days,
        "price": other.price,
    }


def _held(ids: Iterable[int]) -> list[Product]:
    return list(Product.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk"))


def _record(code: str, period: PricePeriod, by: User, at: datetime, price: tuple[object, object], reason: str) -> None:
    changes = {"price": price, "days": (None, period.told_days)}
    record(
        code, by=by, at=at, subject=subject_of(period.product), node_id=period.node_id, changes=changes, reason=reason
    )
