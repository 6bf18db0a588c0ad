"""The terms of suppliers, kept by the product department."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid
from kefu.kernel.money import yuan
from kefu.organisation.models import User
from kefu.people.choices import Part
from kefu.people.models import Institution
from kefu.products.models import Product
from kefu.purchasing.models import PurchasePrice, Supplier, Supply
from kefu.purchasing.permissions import PurchasingPermission

LARGEST = 1_000_000
LONGEST_LEAD = 365
TERMS = ("contact", "email", "lead_days", "active")


@action
def add_supplier(
    *, institution: Institution, lead_days: int, by: User, at: datetime, contact: str = "", email: str = ""
) -> Supplier:
    """Order from a manufacturer of the register from now on; contact and mail are those of the register where left out.

    Raises Invalid for one that is no manufacturer, is a supplier already, or impossible lead days.
    """
    require(by, PurchasingPermission.PLAN_ACT, node_id=institution.node_id)
    makes = institution.roles.filter(part=Part.MANUFACTURER, valid_to__isnull=True).exists()
    if not makes or institution.closed_on is not None:
        raise Invalid.one("institution", "no_manufacturer", _("这家机构现在不是登记的生产厂家"))
    _check_lead(lead_days)
    made, fresh = Supplier.objects.get_or_create(
        institution=institution,
        defaults={
            "contact": contact.strip() or institution.person_in_charge,
            "email": email.strip() or institution.email,
            "lead_days": lead_days,
        },
    )
    if not fresh:
        raise Invalid.one("institution", "taken", _("这家厂家已经在供应商里"))
    _record("purchasing.supplier.added", made, by, at, {"supplier": (None, institution.code)})
    return made


@action
def change_supplier(*, supplier: Supplier, changes: Mapping[str, object], by: User, at: datetime) -> Supplier:
    """Change contact, mail, lead days, or whether we order there. Raises Invalid for impossible lead days."""
    require(by, PurchasingPermission.PLAN_ACT, node_id=supplier.node_id)
    current = Supplier.objects.select_for_update(of=("self",), no_key=True).select_related("institution")
    row = current.get(pk=supplier.pk)
    if "lead_days" in changes:
        _check_lead(changes["lead_days"])
    changed: dict[str, Change] = {
        name: (getattr(row, name), changes[name])
        for name in TERMS
        if name in changes and changes[name] != getattr(row, name)
    }
    if not changed:
        nothing_changed()
        return row
    for name, (_before, after) in changed.items():
        setattr(row, name, after)
    row.save(update_fields=list(changed))
    _record("purchasing.supplier.changed", row, by, at, changed)
    return row


@action
def set_supply(
    *, supplier: Supplier, product: Product, by: User, at: datetime, article: str = "", multiple: int = 1,
    minimum: int = 1, active: bool = True,
) -> Supply:  # fmt: skip
    """Say that a supplier sells a product, by which article number and in which packs. Raises Invalid for impossible packs."""
    require(by, PurchasingPermission.PLAN_ACT, node_id=supplier.node_id)
    for name, number in (("multiple", multiple), ("minimum", minimum)):
        if not 1 <= number <= LARGEST:
            raise Invalid.one(name, "range", _("数量要在 1 到 1,000,000 之间"))
    given = {"article": article.strip(), "multiple": multiple, "minimum": minimum, "active": active}
    row, _made = Supply.objects.update_or_create(supplier=supplier, product=product, defaults=given)
    changes: dict[str, Change] = {name: (None, value) for name, value in given.items()}
    _record("purchasing.supply.set", supplier, by, at, {"product": (None, product.code)} | changes)
    return row


@action
def set_price(
    *, supply: Supply, price: Decimal, valid_from: date, by: User, at: datetime, valid_to: date | None = None
) -> PurchasePrice:
    """What a pack costs from a day on. Raises Invalid for a price below zero, a period that ends before it begins, or a second price from
    the same day.
    """
    require(by, PurchasingPermission.PLAN_ACT, node_id=supply.supplier.node_id)
    if not 0 <= price < LARGEST:
        raise Invalid.one("price", "range", _("进价要在 0 到 1,000,000 元之间"))
    if valid_to is not None and valid_to < valid_from:
        raise Invalid.one("valid_to", "period", _("有效至不能早于生效日期"))
    made, fresh = PurchasePrice.objects.get_or_create(
        supply=supply,
        valid_from=valid_from,
        defaults={"price": yuan(price), "valid_to": valid_to, "by": by, "at": at},
    )
    if not fresh:
        raise Invalid.one("valid_from", "taken", _("这一天已经有一个进价"))
    changes: dict[str, Change] = {"product": (None, supply.product.code), "price": (None, made.price)}
    _record("purchasing.price.set", supply.supplier, by, at, changes | {"valid_from": (None, valid_from)})
    return made


def _check_lead(days: object) -> None:
    if not isinstance(days, int) or not 0 <= days <= LONGEST_LEAD:
        raise Invalid.one("lead_days", "range", _("供货天数要在 0 到 365 之间"))


def _record(code: str, supplier: Supplier, by: User, at: datetime, changes: Mapping[str, Change]) -> None:
    subject = Subject("purchasing.supplier", supplier.pk)
    record(code, by=by, at=at, subject=subject, node_id=supplier.node_id, changes=changes)
