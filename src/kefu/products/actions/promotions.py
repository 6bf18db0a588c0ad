"""Planning a promotion, and deciding on it: never by the same person (PRD-013)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import Node, User
from kefu.products.actions.periods import open_periods
from kefu.products.changing import amount
from kefu.products.choices import PromotionState
from kefu.products.models import Product, Promotion, PromotionLine
from kefu.products.permissions import ProductsPermission
from kefu.products.queries.prices import prices_on

SUBJECT = "products.promotion"
MOST_LINES = 100


@dataclass(frozen=True)
class Offered:
    """A product and its price in yuan during a promotion."""

    product: Product
    price: Decimal


@action
def plan_promotion(
    *, title: str, starts_on: date, ends_before: date, lines: Sequence[Offered], reason: str, node: Node | None = None,
    by: User, at: datetime,
) -> Promotion:  # fmt: skip
    """Plan prices for the days `[starts_on, ends_before)`, everywhere or at a place and below (PRD-013).

    Raises Invalid without title, reason or products, for days that are over, a product twice or not sold, or a price that is not below the usual
    one of the first day.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    prices = [Offered(line.product, amount(line.price)) for line in lines]
    faults = [*_wrong_frame(title, reason, starts_on, ends_before, at), *_wrong_lines(prices, node, starts_on)]
    if faults:
        raise Invalid(faults)
    made = Promotion.objects.create(
        title=title.strip(),
        reason=reason.strip(),
        starts_on=starts_on,
        ends_before=ends_before,
        node=node,
        by=by,
        at=at,
    )
    PromotionLine.objects.bulk_create(
        PromotionLine(promotion=made, product=line.product, price=line.price) for line in prices
    )
    told = "、".join(f"{line.product.code} {line.price}" for line in prices)
    changes = {"title": (None, made.title), "lines": (None, told)}
    record(
        "products.promotion.planned", by=by, at=at, subject=Subject(SUBJECT, made.pk), changes=changes, reason=reason
    )
    return made


@action
def decide_promotion(*, promotion: Promotion, approve: bool, decision: str, by: User, at: datetime) -> Promotion:
    """Approve a plan, so that its prices hold on its days, or decline it with a reason (PRD-013).

    Raises Refused `own_plan` for who planned it, `decided` when somebody was first, `too_late` once its first day is over, `overlaps` when a product
    has another promotion on these days; Invalid for a refusal without a reason.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    if not approve and not decision.strip():
        raise Invalid.one("decision", "required", _("不批准要写原因"))
    current = _planned(promotion)
    if current.by_id == by.pk:
        raise Refused("own_plan", _("自己做的促销方案要请另一位同事审批"))
    if approve and current.starts_on < timezone.localdate(at):
        raise Refused("too_late", _("活动开始日期已过，请重新做方案"))
    return _decide(current, PromotionState.APPROVED if approve else PromotionState.DECLINED, decision, by, at)


@action
def drop_promotion(*, promotion: Promotion, reason: str, by: User, at: datetime) -> Promotion:
    """Take a plan back before it is decided. Raises Invalid without a reason, Refused `decided`."""
    require(by, ProductsPermission.CATALOGUE_EDIT)
    if not reason.strip():
        raise Invalid.one("decision", "required", _("请写明为什么撤回"))
    return _decide(_planned(promotion), PromotionState.DROPPED, reason, by, at)


def _planned(promotion: Promotion) -> Promotion:
    current = Promotion.objects.select_for_update(of=("self",), no_key=True).select_related("node").get(pk=promotion.pk)
    if current.state != PromotionState.PLANNED:
        words = _("这个方案现在是“%(state)s”，不能再办") % {"state": current.get_state_display()}
        raise Refused("decided", words)
    return current


def _decide(current: Promotion, state: PromotionState, decision: str, by: User, at: datetime) -> Promotion:
    if state == PromotionState.APPROVED:
        open_periods(promotion=current, by=by, at=at)
    current.state, current.decided_by, current.decided_at, current.decision = state, by, at, decision.strip()
    current.save()
    changes = {"state": (PromotionState.PLANNED, state)}
    record(
        f"products.promotion.{state}",
        by=by,
        at=at,
        subject=Subject(SUBJECT, current.pk),
        changes=changes,
        reason=current.decision,
    )
    return current


def _wrong_frame(title: str, reason: str, starts_on: date, ends_before: date, at: datetime) -> list[FieldError]:
    faults = []
    if not title.strip():
        faults.append(FieldError("title", "required", _("活动名称还没填")))
    if not reason.strip():
        faults.append(FieldError("reason", "required", _("为什么办还没填")))
    if starts_on < timezone.localdate(at):
        faults.append(FieldError("starts_on", "past", _("开始日期不能早于今天")))
    if ends_before <= starts_on:
        faults.append(FieldError("ends_before", "order", _("截止日期要晚于开始日期")))
    return faults


def _wrong_lines(lines: Sequence[Offered], node: Node | None, starts_on: date) -> list[FieldError]:
    if not 1 <= len(lines) <= MOST_LINES:
        return [FieldError("lines", "required", _("至少选一种产品，最多 %(most)d 种") % {"most": MOST_LINES})]
    faults = []
    usual = prices_on([line.product for line in lines], node.pk if node else None, starts_on)
    if len(usual) < len(lines):
        faults.append(FieldError("lines", "twice", _("同一种产品只写一行。")))
    for line in lines:
        now = usual[line.product.pk]
        if not line.product.active or not line.product.sold_separately or now is None:
            faults.append(
                FieldError("lines", "not_sold", _("%(product)s 不单独销售。") % {"product": line.product.label})
            )
        elif line.price >= now:
            words = _("%(product)s 的活动价要低于 %(price)s 元") % {"product": line.product.label, "price": now}
            faults.append(FieldError("lines", "not_lower", words))
    return faults
