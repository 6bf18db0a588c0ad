"""Entering products and changing what the catalogue says of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.products.changing import apply, locked, require_name, search_text, subject_of, words_of
from kefu.products.choices import Policy
from kefu.products.models import PriceChange, Product
from kefu.products.permissions import ProductsPermission

FIRST_PRICE = "新产品"
EDITABLE = frozenset(
    {"zh", "en", "specification", "category", "unit", "pieces_per_pack", "storage", "fragile", "daily_intake", "dated",
     "policy", "min_shelf_life_months", "customer_days_left", "branch_days_left", "reorder_point", "active",
     "material", "measurements", "features", "cautions", "special_demands", "packing"}
)  # fmt: skip


@action
def add_product(*, code: str, price: Decimal, values: Mapping[str, object], by: User, at: datetime) -> Product:
    """Enter a product that is sold (PRD-001). `values` are the editable fields; category, storage, unit and zh must be there.

    Raises Invalid for a code already used, a missing name or impossible numbers.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    code = code.strip().upper()
    _check(values)
    if Product.objects.filter(code=code).exists():
        raise Invalid.one("code", "taken", _("这个编码已经有产品在用"))
    product = Product(code=code, price=price, **_known(values))
    product.search, product.words = search_text(product), words_of(product)
    product.save()
    PriceChange.objects.create(product=product, before=None, after=price, reason=FIRST_PRICE, by=by, at=at)
    record("products.product.added", by=by, at=at, subject=subject_of(product), changes={"price": (None, price)})
    return product


@action
def edit_product(*, product: Product, values: Mapping[str, object], by: User, at: datetime) -> Product:
    """Change what the catalogue says of a product; fields not named stay. Prices have their own action.

    Raises Invalid for a missing name or impossible numbers.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    _check(values)
    current = locked(product)
    changes = apply(current, _known(values))
    if not changes:
        nothing_changed()
        return current
    current.save()
    record("products.product.edited", by=by, at=at, subject=subject_of(current), changes=changes)
    return current


@action
def remove_product(*, product: Product, reason: str, by: User, at: datetime) -> None:
    """Take a product out of the catalogue that was entered by mistake (PRD-001).

    Raises Refused `in_use` once anything refers to it: stock, orders, kits.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    current = locked(product)
    subject, changes = subject_of(current), {"code": (current.code, None), "price": (current.price, None)}
    try:
        with transaction.atomic():
            current.price_changes.all().delete()
            current.delete()
    except ProtectedError as error:
        raise Refused("in_use", _("%(name)s已经有库存或单子，只能停用。") % {"name": current.label}) from error
    record("products.product.removed", by=by, at=at, subject=subject, changes=changes, reason=reason)


def _known(values: Mapping[str, object]) -> dict[str, object]:
    unknown = values.keys() - EDITABLE
    if unknown:
        raise TypeError(f"not fields of a product: {sorted(unknown)}")
    return dict(values)


def _check(values: Mapping[str, object]) -> None:
    require_name(values)
    wrong = []
    if values.get("pieces_per_pack", 1) in (0, None):
        wrong.append(FieldError("pieces_per_pack", "min_value", _("每件至少 1 片（粒、份）")))
    if values.get("policy") == Policy.FEFO and values.get("dated") is False:
        wrong.append(FieldError("policy", "undated", _("没有有效期的产品不能按到期日出库")))
    if wrong:
        raise Invalid(wrong)
