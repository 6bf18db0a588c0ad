"""The list of a purchase: prescribed by the doctor, filled in by the health manager, signed by the customer, or given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions import record_charge
from kefu.customers.actions import record_fact
from kefu.customers.actions.referrals import notice_moment
from kefu.customers.choices import FactKind, Moment
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.customers.queries.facts import refuse_if_barred
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.money import show
from kefu.organisation.models import User
from kefu.products.choices import Fact
from kefu.products.models import Product
from kefu.products.queries import facts_told, missing_facts, prices_on
from kefu.products.rules.supply import days_of_supply
from kefu.sales.actions.reserving import reserve_for
from kefu.sales.choices import PurchaseState
from kefu.sales.events import PurchaseCancelled, PurchasePrescribed, PurchaseSigned
from kefu.sales.gates import ENTER, PRESCRIBE, SIGN
from kefu.sales.models import Purchase, PurchaseLine
from kefu.sales.permissions import SalesPermission
from kefu.sales.quantities import Line, check_quantities
from kefu.sales.queries import KIND, gate_of, locked, total_of
from kefu.sales.sentences import BOUGHT, CANCELLED, CHARGE, INTAKE, PRESCRIBED, SIGNED

NUMBERS = Series("sales.purchase", "GM")
MOST_PIECES = 200


@dataclass(frozen=True)
class Prescribed:
    """A product and its intake per day, in pieces."""

    product: Product
    intake_per_day: int


@action
def prescribe(*, customer: Customer, doctor: User, products: Sequence[Prescribed], by: User, at: datetime) -> Purchase:
    """The doctor advises products with intake (JRN-014, PRD-002).

    Raises Invalid for an empty list, a product twice, one that is not sold or lacks facts (PRD-015), or an impossible intake; Refused where the
    journey is not there.
    """
    require(by, SalesPermission.PRESCRIBE, customer=customer)
    hold(customer.pk)
    refuse_if_barred(customer.pk)
    check(PRESCRIBE, by=by, at=at, customer_id=customer.pk)
    _check_prescription(products)
    prices = prices_on([line.product for line in products], customer.node_id, timezone.localdate(at))
    purchase = Purchase.objects.create(
        number=NUMBERS.issue(at), customer=customer, doctor=doctor, node_id=customer.node_id, prescribed_at=at
    )
    PurchaseLine.objects.bulk_create(
        PurchaseLine(
            purchase=purchase,
            product=line.product,
            intake_per_day=line.intake_per_day,
            unit_price=prices[line.product.pk] or 0,
        )
        for line in products
    )
    details = [INTAKE(product=line.product, intake=line.intake_per_day) for line in products]
    tell_trail(
        purchase,
        "sales.purchase.prescribed",
        None,
        by,
        at,
        {"products": (None, "、".join(line.product.code for line in products))},
    )
    record_fact(customer=customer, kind=FactKind.PURCHASE, item=PRESCRIBED(number=purchase.number), lines=details,
                subject=Subject(KIND, purchase.pk), by=by, at=at)  # fmt: skip
    announce(PurchasePrescribed(purchase_id=purchase.pk, customer_id=customer.pk, by=by, at=at))
    return purchase


@action
def enter_lines(*, purchase: Purchase, lines: Sequence[Line], by: User, at: datetime) -> Purchase:
    """The health manager enters packs; price, total and days of supply are computed (PRD-002, PRD-003). May be repeated until signed.

    Raises Refused `not_prescribed` for a product the doctor did not prescribe, `facts_missing` for one that is no longer sold for want of
    facts, `purchase_state` once signed; Invalid for quantities.
    """
    require(by, SalesPermission.ENTER, customer=purchase.customer)
    purchase = locked(purchase, PurchaseState.PRESCRIBED, PurchaseState.ENTERED)
    refuse_if_barred(purchase.customer_id)
    check(gate_of(purchase, ENTER), by=by, at=at, customer_id=purchase.customer_id, subject=Subject(KIND, purchase.pk))
    rows = {row.product_id: row for row in purchase.lines.select_related("product__category")}
    check_quantities(lines, rows)
    _check_facts([rows[line.product.pk].product for line in lines if line.quantity])
    prices = prices_on([row.product for row in rows.values()], purchase.node_id, timezone.localdate(at))
    wanted = {line.product.pk: line.quantity for line in lines}
    for product_id, row in rows.items():
        row.quantity = wanted.get(product_id, 0)
        today = prices[product_id]
        row.unit_price = row.unit_price if today is None else today
        row.days_of_supply = days_of_supply(row.quantity, row.product.pieces_per_pack, row.intake_per_day)
    PurchaseLine.objects.bulk_update(rows.values(), ["quantity", "unit_price", "days_of_supply"])
    before, purchase.state = purchase.state, PurchaseState.ENTERED
    purchase.entered_by, purchase.entered_at = by, at
    purchase.save()
    changes = {
        "total": (None, total_of(purchase)),
        "lines": (None, "、".join(f"{rows[pk].product.code}×{n}" for pk, n in wanted.items())),
    }
    tell_trail(purchase, "sales.purchase.entered", before, by, at, changes)
    return purchase


@action
def sign(*, purchase: Purchase, signed_by: str = "", by: User, at: datetime) -> Purchase:
    """The customer signed the printed list: it is the voucher, the charge is recorded, and what is there of the goods is set aside (PRD-004).

    Raises Refused `purchase_state`.
    """
    require(by, SalesPermission.ENTER, customer=purchase.customer)
    purchase = locked(purchase, PurchaseState.ENTERED)
    refuse_if_barred(purchase.customer_id)
    check(gate_of(purchase, SIGN), by=by, at=at, customer_id=purchase.customer_id, subject=Subject(KIND, purchase.pk))
    before, purchase.state = purchase.state, PurchaseState.SIGNED
    purchase.signed_by, purchase.signed_at = signed_by.strip() or purchase.customer.name, at
    purchase.save()
    total, bought = total_of(purchase), [line for line in purchase.lines.select_related("product") if line.quantity]
    details = [
        BOUGHT(product=line.product, price=show(line.unit_price), packs=line.quantity, days=line.days_of_supply)
        for line in bought
    ]
    subject = Subject(KIND, purchase.pk)
    record_fact(customer=purchase.customer, kind=FactKind.PURCHASE, item=SIGNED(count=len(bought)),
                amount=total, lines=details, subject=subject, by=by, at=at)  # fmt: skip
    record_charge(customer=purchase.customer, subject=subject, amount=total, item=CHARGE(number=purchase.number), by=by, at=at,
                  permission=SalesPermission.ENTER)  # fmt: skip
    tell_trail(purchase, "sales.purchase.signed", before, by, at, {"signed_by": (None, "✓"), "total": (None, total)})
    notice_moment(customer_id=purchase.customer_id, moment=Moment.PURCHASE, by=by, at=at)
    announce(PurchaseSigned(purchase_id=purchase.pk, customer_id=purchase.customer_id, by=by, at=at))
    reserve_for(purchase=purchase, lines=bought, permission=SalesPermission.ENTER, by=by, at=at)
    return purchase


@action
def cancel(*, purchase: Purchase, reason: str, by: User, at: datetime) -> Purchase:
    """Give a purchase up before its signature; once signed it takes a reversal slip. Raises Refused `purchase_state`, Invalid without a reason."""
    require(by, SalesPermission.ENTER, customer=purchase.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    purchase = locked(purchase, PurchaseState.PRESCRIBED, PurchaseState.ENTERED)
    before, purchase.state, purchase.ended_reason = purchase.state, PurchaseState.CANCELLED, reason.strip()
    purchase.save()
    record_fact(customer=purchase.customer, kind=FactKind.PURCHASE, item=CANCELLED(number=purchase.number),
                lines=[reason], subject=Subject(KIND, purchase.pk), by=by, at=at)  # fmt: skip
    tell_trail(purchase, "sales.purchase.cancelled", before, by, at, {}, reason)
    announce(PurchaseCancelled(purchase_id=purchase.pk, customer_id=purchase.customer_id, reason=reason, by=by, at=at))
    return purchase


def _check_prescription(products: Sequence[Prescribed]) -> None:
    faults = []
    if not products:
        faults.append(FieldError("prescription", "required", _("至少选一种产品。")))
    if len({line.product.pk for line in products}) < len(products):
        faults.append(FieldError("prescription", "twice", _("同一种产品只写一行。")))
    lacking = missing_facts(line.product for line in products)
    for line in products:
        if facts := lacking.get(line.product.pk):
            faults.append(FieldError("prescription", "facts_missing", _lacks(line.product, facts)))
        if not line.product.active or not line.product.sold_separately or line.product.price is None:
            faults.append(
                FieldError("prescription", "not_sold", _("%(product)s 不单独销售。") % {"product": line.product.zh})
            )
        if not 1 <= line.intake_per_day <= MOST_PIECES:
            faults.append(FieldError("prescription", "intake", _("每日食用量要在 1 到 200 之间。")))
    if faults:
        raise Invalid(faults)


def _lacks(product: Product, facts: Iterable[Fact]) -> str:
    words = _("%(product)s 资料不全，还不能卖：缺%(facts)s。请产品部补齐")
    return str(words) % {"product": product.label, "facts": facts_told(facts)}


def _check_facts(wanted: Sequence[Product]) -> None:
    """Nothing is sold of which the catalogue does not say enough (PRD-015)."""
    if lacking := missing_facts(wanted):
        told = "；".join(_lacks(product, lacking[product.pk]) for product in wanted if product.pk in lacking)
        raise Refused("facts_missing", told)


@within_action
def tell_trail(
    purchase: Purchase,
    code: str,
    before: str | None,
    by: User,
    at: datetime,
    changes: Mapping[str, tuple[object, object]],
    reason: str = "",
) -> None:
    """Write a change of a purchase into the trail."""
    record(code, by=by, at=at, subject=Subject(KIND, purchase.pk), customer_id=purchase.customer_id, node_id=purchase.node_id,
           changes={"state": (before, purchase.state), **changes}, reason=reason)  # fmt: skip
