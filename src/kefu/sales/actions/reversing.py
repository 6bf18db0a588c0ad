"""What changes after the signature: a reversal slip takes packs back, before or after they left, and money and stock follow (PRD-005)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.billing.actions import ask_over, cancel_charge, reverse_charge
from kefu.billing.models import Charge
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import due_charge, over_of, standing_of
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.queries.facts import refuse_if_barred
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.audit.trail import Subject, action, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.money import total
from kefu.organisation.models import User
from kefu.products.rules.supply import days_of_supply
from kefu.sales.actions.delivery import announce_left
from kefu.sales.actions.lists import NUMBERS, tell_trail
from kefu.sales.choices import PurchaseState
from kefu.sales.events import PurchaseCancelled, PurchaseReturned, SuppliesChanged
from kefu.sales.gates import EXCHANGE
from kefu.sales.models import Purchase, PurchaseLine, Reversal, ReversalLine
from kefu.sales.permissions import SalesPermission
from kefu.sales.quantities import Line, check_quantities
from kefu.sales.queries import KIND, locked
from kefu.sales.sentences import INSTEAD, LESS, REVERSED
from kefu.stock.actions import hold_goods, keep_only
from kefu.stock.actions.returning import post_return
from kefu.stock.choices import Quality
from kefu.stock.models import IssueLine
from kefu.stock.queries import set_aside_at

SLIPS = Series("sales.reversal", "CH")
REVERSAL = "sales.reversal"
LONGEST = 200
ENDED = (PurchaseState.CANCELLED, PurchaseState.RETURNED)


@dataclass(frozen=True)
class Back:
    """Packs of a line of an issue slip that came back: intact, or opened or damaged."""

    line: IssueLine
    intact: int = 0
    damaged: int = 0


@dataclass
class _Part:
    """What falls away of a line of the purchase."""

    line: PurchaseLine
    withdrawn: int = 0
    intact: int = 0
    damaged: int = 0
    back: list[Back] = field(default_factory=list)

    @property
    def packs(self) -> int:
        return self.withdrawn + self.intact + self.damaged


@action
def reverse(
    *,
    purchase: Purchase,
    reason: str,
    withdrawn: Mapping[int, int] | None = None,
    returned: Sequence[Back] = (),
    instead: Sequence[Line] = (),
    by: User,
    at: datetime,
) -> Reversal:
    """Make the reversal slip for what is not bought after all: `withdrawn` packs by line id that have not left, `returned` those that came back.

    The charge goes down with it (cancelled when nothing was paid and nothing is left), what was paid too much is asked back where the person
    may ask, what was set aside is put back, goods go to their lots, opened or damaged ones to quarantine. `instead` is a new list of what the
    doctor prescribed, to be signed. Raises Invalid (`reason`, `lines`), Refused `purchase_state`, `not_open`, `returns_too_much`, `not_prescribed`.
    """
    require(by, SalesPermission.ENTER, customer=purchase.customer)
    _check_reason(reason)
    purchase = locked(purchase, PurchaseState.SIGNED, PurchaseState.PARTLY, PurchaseState.DISPATCHED)
    parts = _parts(purchase, withdrawn or {}, returned)
    charge = due_charge(Subject(KIND, purchase.pk))
    amount = total((part.line.unit_price, part.packs) for part in parts)
    slip = Reversal.objects.create(
        number=SLIPS.issue(at), purchase=purchase, amount=amount, reason=reason.strip(), charge=charge, by=by, at=at
    )
    ReversalLine.objects.bulk_create(
        ReversalLine(reversal=slip, line=part.line, withdrawn=part.withdrawn, intact=part.intact, damaged=part.damaged) for part in parts
    )  # fmt: skip
    if instead:
        _buy_instead(slip, instead, by, at)
    _take_off(slip, charge, by, at)
    _goods_back(purchase, parts, reason, by, at)
    _close(purchase, slip, parts, by, at)
    return slip


@action
def withdraw(*, purchase: Purchase, reason: str, by: User, at: datetime) -> Reversal:
    """Take everything back that has not left yet. Raises as `reverse`."""
    lines = {line.pk: line.open for line in purchase.lines.all() if line.open}
    return reverse(purchase=purchase, withdrawn=lines, reason=reason, by=by, at=at)


@action
def take_back(*, purchase: Purchase, reason: str, by: User, at: datetime) -> Purchase:
    """Take a whole purchase back, intact, once it was dispatched. Raises as `reverse`, and Refused `purchase_state` before."""
    require(by, SalesPermission.DISPATCH, customer=purchase.customer)
    _check_reason(reason)
    purchase = locked(purchase, PurchaseState.DISPATCHED)
    lines = IssueLine.objects.filter(slip__in=purchase.shipments.filter(returned_at__isnull=True).values("slip"))
    back = [Back(line, intact=left) for line in lines.select_related("lot") if (left := line.packs - line.returned)]
    reverse(purchase=purchase, returned=back, reason=reason, by=by, at=at)
    purchase.refresh_from_db()
    return purchase


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    if len(reason.strip()) > LONGEST:
        raise Invalid.one("reason", "too_long", _("原因最多 200 个字。"))


def _parts(purchase: Purchase, withdrawn: Mapping[int, int], returned: Sequence[Back]) -> list[_Part]:
    parts = {line.pk: _Part(line) for line in purchase.lines.select_related("product").order_by("pk")}
    by_product = {part.line.product_id: part for part in parts.values()}
    slips = set(purchase.shipments.filter(returned_at__isnull=True).values_list("slip", flat=True))
    wrong = withdrawn.keys() - parts.keys() or any(one.line.slip_id not in slips for one in returned)
    counts = [*withdrawn.values(), *(one.intact for one in returned), *(one.damaged for one in returned)]
    if wrong or any(count < 0 for count in counts):
        raise Invalid.one("lines", "unknown", _("退的数量或行不对，请重新填。"))
    for pk, count in withdrawn.items():
        parts[pk].withdrawn = count
    for one in returned:
        part = by_product[one.line.lot.product_id]
        part.intact, part.damaged = part.intact + one.intact, part.damaged + one.damaged
        part.back.append(one)
    found = [part for part in parts.values() if part.packs]
    if not found:
        raise Invalid.one("lines", "required", _("还没有填退几件。"))
    for part in found:
        _check_part(part)
    return found


def _check_part(part: _Part) -> None:
    names = {"product": part.line.product.label}
    if part.withdrawn > part.line.open:
        raise Refused("not_open", _("%(product)s 还没发的只有 %(left)s。") % {**names, "left": part.line.open})
    if part.intact + part.damaged > part.line.with_customer:
        left = part.line.with_customer
        raise Refused("returns_too_much", _("%(product)s 最多还能退 %(left)s。") % {**names, "left": left})


def _buy_instead(slip: Reversal, instead: Sequence[Line], by: User, at: datetime) -> None:
    old = slip.purchase
    refuse_if_barred(old.customer_id)
    check(EXCHANGE, by=by, at=at, customer_id=old.customer_id, subject=Subject(KIND, old.pk))
    rows = {row.product_id: row for row in old.lines.select_related("product")}
    check_quantities(instead, rows)
    _check_sold(instead)
    new = Purchase.objects.create(
        number=NUMBERS.issue(at), customer=old.customer, doctor=old.doctor, node_id=old.customer.node_id, prescribed_at=old.prescribed_at,
        state=PurchaseState.ENTERED, entered_by=by, entered_at=at,
    )  # fmt: skip
    wanted = {line.product.pk: line.quantity for line in instead}
    PurchaseLine.objects.bulk_create(_again(new, row, wanted.get(row.product_id, 0)) for row in rows.values())
    slip.instead = new
    slip.save(update_fields=["instead"])
    tell_trail(
        new, "sales.purchase.entered", None, by, at, {"instead_of": (None, old.number), "reversal": (None, slip.number)}
    )
    record_fact(customer=new.customer, kind=FactKind.PURCHASE, item=INSTEAD(number=new.number, reversal=slip.number),
                subject=Subject(KIND, new.pk), by=by, at=at)  # fmt: skip


def _check_sold(instead: Sequence[Line]) -> None:
    gone = [
        line.product for line in instead if line.quantity and (not line.product.active or line.product.price is None)
    ]
    if gone:
        raise Invalid(
            [FieldError("instead", "not_sold", _("%(product)s 不单独销售。") % {"product": one.zh}) for one in gone]
        )


def _again(purchase: Purchase, row: PurchaseLine, packs: int) -> PurchaseLine:
    days = days_of_supply(packs, row.product.pieces_per_pack, row.intake_per_day)
    return PurchaseLine(
        purchase=purchase, product=row.product, intake_per_day=row.intake_per_day, quantity=packs,
        unit_price=row.product.price or row.unit_price, days_of_supply=days,
    )  # fmt: skip


def _take_off(slip: Reversal, charge: Charge | None, by: User, at: datetime) -> None:
    """The charge follows; two colleagues of whom one takes money meet at the customer, who is held."""
    if charge is None or slip.amount == Decimal(0):
        return
    standing = standing_of([charge]).lines[0]
    if slip.amount == charge.amount and not standing.paid:
        cancel_charge(charge=charge, reason=slip.reason, permission=SalesPermission.ENTER, by=by, at=at)
        return
    reverse_charge(
        charge=charge, amount=slip.amount, subject=Subject(REVERSAL, slip.pk), reason=slip.reason, permission=SalesPermission.ENTER,
        item=REVERSED(number=slip.number, purchase=slip.purchase.number), by=by, at=at,
    )  # fmt: skip
    if over_of(charge) and allowed(by, BillingPermission.REFUND_ASK, customer=slip.purchase.customer):
        _ask_over(charge, slip, by, at)


@within_action
def _ask_over(charge: Charge, slip: Reversal, by: User, at: datetime) -> None:
    """Without a level above the slip stands all the same; whoever has one asks on the customer's page of charges."""
    try:
        ask_over(charge=charge, reason=slip.reason, by=by, at=at)
    except Refused:
        return


def _goods_back(purchase: Purchase, parts: Sequence[_Part], reason: str, by: User, at: datetime) -> None:
    subject = Subject(KIND, purchase.pk)
    back = [one for part in parts for one in part.back]
    places = {one.line.slip.warehouse_id for one in back} | set_aside_at(KIND, purchase.pk)
    hold_goods(places, {part.line.product_id for part in parts})
    for part in parts:
        part.line.withdrawn += part.withdrawn
        part.line.returned += part.intact + part.damaged
    keep_only(subject=subject, packs={part.line.product_id: part.line.open for part in parts if part.withdrawn}, at=at)
    put_back(back=back, reason=reason, by=by, at=at)
    PurchaseLine.objects.bulk_update([part.line for part in parts], ["withdrawn", "returned"])


@within_action
def put_back(*, back: Sequence[Back], reason: str, by: User, at: datetime) -> None:
    """Book goods into the lots they came from, opened or damaged ones into quarantine; all their balances are held by the caller."""
    slips = {one.line.slip_id: one.line.slip for one in back}
    for pk in sorted(slips):
        for quality, name in ((Quality.GOOD, "intact"), (Quality.DAMAGED, "damaged")):
            packs = {one.line.pk: count for one in back if one.line.slip_id == pk and (count := getattr(one, name))}
            if packs:
                post_return(
                    slip=slips[pk],
                    packs=packs,
                    quality=quality,
                    reason=reason,
                    permission=SalesPermission.DISPATCH,
                    by=by,
                    at=at,
                )


def _close(purchase: Purchase, slip: Reversal, parts: Sequence[_Part], by: User, at: datetime) -> None:
    before, lines = PurchaseState(purchase.state), list(purchase.lines.all())
    if not any(line.kept for line in lines):
        purchase.state = PurchaseState.RETURNED if any(line.shipped for line in lines) else PurchaseState.CANCELLED
        purchase.ended_reason = slip.reason
    elif not any(line.open for line in lines):
        purchase.state = PurchaseState.DISPATCHED
    purchase.save(update_fields=["state", "ended_reason"])
    record_fact(customer=purchase.customer, kind=FactKind.PURCHASE, item=REVERSED(number=slip.number, purchase=purchase.number),
                lines=[*(LESS(product=part.line.product, packs=part.packs) for part in parts), slip.reason],
                subject=Subject(KIND, purchase.pk), by=by, at=at)  # fmt: skip
    told = {"number": (None, slip.number), "amount": (None, -slip.amount)}
    tell_trail(purchase, "sales.purchase.reversed", before, by, at, told, slip.reason)
    if purchase.state in ENDED:
        _announce_ended(purchase, before, slip.reason, by, at)
    elif purchase.state != before:
        announce_left(purchase=purchase, by=by, at=at)
    wholly_back = before == PurchaseState.DISPATCHED and purchase.state in ENDED
    if any(part.back for part in parts) and not wholly_back:
        announce(SuppliesChanged(purchase_id=purchase.pk, customer_id=purchase.customer_id, by=by, at=at))


def _announce_ended(purchase: Purchase, before: PurchaseState, reason: str, by: User, at: datetime) -> None:
    """What had left altogether came back; otherwise the journey still waits for it to leave."""
    event = PurchaseReturned if before == PurchaseState.DISPATCHED else PurchaseCancelled
    announce(event(purchase_id=purchase.pk, customer_id=purchase.customer_id, reason=reason, by=by, at=at))
