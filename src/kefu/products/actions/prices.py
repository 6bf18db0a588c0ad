"""Changing a price: with a reason, and the history kept."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.products.changing import E, amount, kind_of, locked, subject_of
from kefu.products.models import PriceChange
from kefu.products.permissions import ProductsPermission


@action
def change_price(*, entry: E, price: Decimal, reason: str, by: User, at: datetime) -> PriceChange:
    """Set the price in yuan of a product, test item or package from now on (PRD-001, LAB-001).

    Orders already placed keep theirs. Raises Invalid without a reason, for an amount below zero, too large or unchanged.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    reason = reason.strip()
    if not reason:
        raise Invalid.one("reason", "required", _("调价原因还没填"))
    current = locked(entry)
    new = _checked(price, current.price)
    changed = PriceChange.objects.create(
        **{kind_of(current): current}, before=current.price, after=new, reason=reason, by=by, at=at
    )
    record(
        "products.price.changed",
        by=by,
        at=at,
        subject=subject_of(current),
        changes={"price": (current.price, new)},
        reason=reason,
    )
    current.price = entry.price = new
    current.save(update_fields=["price"])
    return changed


def _checked(price: Decimal, before: Decimal | None) -> Decimal:
    new = amount(price)
    if new == before:
        raise Invalid.one("price", "unchanged", _("和现在的价格一样，不用改"))
    return new
