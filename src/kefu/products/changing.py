"""What the actions on entries of the catalogue share: their audit names, locking, comparing, searching."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from kefu.foundation.audit.trail import Change, Subject
from kefu.kernel.errors import Invalid
from kefu.kernel.money import yuan
from kefu.kernel.names import normalise, read_text
from kefu.products.models import Package, Product, TestItem
from kefu.products.models.entries import Entry

E = TypeVar("E", Product, TestItem, Package)

HIGHEST = Decimal("9999999.99")
KINDS: dict[type[Entry], str] = {Product: "product", TestItem: "item", Package: "package"}


def kind_of(entry: Entry) -> str:
    """`product`, `item` or `package`."""
    return KINDS[type(entry)]


def subject_of(entry: Entry) -> Subject:
    """What the trail calls it."""
    return Subject(f"products.{kind_of(entry)}", entry.pk)


def locked(entry: E) -> E:
    """The entry as it is now, locked until the transaction ends."""
    return type(entry).objects.select_for_update(no_key=True).get(pk=entry.pk)


def search_text(entry: Entry) -> str:
    """What a search finds the entry by."""
    reading = read_text(entry.zh)
    return " ".join(normalise(word) for word in (entry.code, entry.zh, entry.en, reading.full, reading.initials))[:600]


def apply(entry: Entry, values: Mapping[str, object]) -> dict[str, Change]:
    """Set the values that differ; answers what changed, before and after."""
    changes: dict[str, Change] = {}
    for name, value in values.items():
        before = getattr(entry, name)
        if before != value:
            changes[name] = (before, value)
            setattr(entry, name, value)
    if changes.keys() & {"zh", "en", "code"}:
        entry.search = search_text(entry)
    if isinstance(entry, Product):
        entry.words = words_of(entry)
    return changes


def words_of(product: Product) -> str:
    """What a colleague advising a customer finds a product by, besides its name (PRD-006)."""
    told = (product.specification, product.category.zh, product.category.en, product.material, product.measurements,
            product.features, product.cautions, product.special_demands)  # fmt: skip
    return " ".join(normalise(text) for text in told if text)


def require_name(values: Mapping[str, object]) -> None:
    """Refuse an empty Chinese name."""
    if "zh" in values and not str(values["zh"]).strip():
        raise Invalid.one("zh", "required", _("名称还没填"))


def amount(price: Decimal) -> Decimal:
    """A price as it is kept, in yuan and fen. Raises Invalid for less than zero, too much, or parts of a fen."""
    if not price.is_finite() or price < 0:
        raise Invalid.one("price", "min_value", _("价格不能小于 0"))
    new = yuan(price) if price <= HIGHEST else price
    if new != price or price > HIGHEST:
        raise Invalid.one("price", "amount", _("价格最多两位小数，不超过 9,999,999.99"))
    return new
