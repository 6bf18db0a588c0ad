"""The lines of an order: what is ordered, how it is charged, which kits it needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kefu.foundation.sentences.saying import Said
from kefu.kernel import money
from kefu.kernel.errors import FieldError, Invalid
from kefu.kernel.money import line_total, total
from kefu.lab.models import Order, OrderItem
from kefu.lab.sentences import LINE, LINE_TIMES
from kefu.products.models import Package, TestItem
from kefu.products.queries import PricedLine, priced_lines


@dataclass(frozen=True)
class Line:
    """A line as it will be charged: `price` times `quantity` is `amount`, in yuan."""

    item: TestItem
    package: Package | None
    price: Decimal
    quantity: int

    @property
    def amount(self) -> Decimal:
        return line_total(self.price, self.quantity)

    @property
    def key(self) -> tuple[int, int | None, Decimal, int]:
        """What makes two lines the same."""
        return self.item.pk, self.package.pk if self.package else None, self.price, self.quantity


def plan(items: Iterable[TestItem], packages: Iterable[Package] = ()) -> list[Line]:
    """The lines of an order; an item named twice has quantity two (LAB-001, Annex 4 no. 1).

    Raises Invalid when nothing is ordered, when something is no longer offered, or when a test comes in by two ways.
    """
    chosen, bundles = list(items), list(packages)
    _refuse_retired([*chosen, *bundles])
    counted: dict[tuple[int, int | None], tuple[PricedLine, int]] = {}
    for one in priced_lines(chosen, bundles):
        key = (one.item.pk, one.package.pk if one.package else None)
        _line, before = counted.get(key, (one, 0))
        counted[key] = (one, before + 1)
    lines = [Line(one.item, one.package, one.price, count) for one, count in counted.values()]
    if not lines:
        raise Invalid.one("items", "required", _("请至少选一项检测"))
    _refuse_twice(lines)
    return lines


def total_of(lines: Iterable[Line]) -> Decimal:
    """What lines add up to, in yuan."""
    return total((line.price, line.quantity) for line in lines)


def _refuse_retired(chosen: Iterable[TestItem | Package]) -> None:
    retired = [one.label for one in chosen if not one.active]
    if retired:
        raise Invalid.one("items", "retired", _("%(names)s已停用，请换一项") % {"names": "、".join(retired)})


def _refuse_twice(lines: Iterable[Line]) -> None:
    seen: dict[int, Line] = {}
    errors = []
    for line in lines:
        if line.item.pk in seen:
            package = line.package or seen[line.item.pk].package
            told = {"item": line.item.label, "package": package.label if package else ""}
            errors.append(FieldError("items", "twice", _("“%(package)s”里已经有%(item)s，不用再选") % told))
        seen[line.item.pk] = line
    if errors:
        raise Invalid(errors)


def counting_lines(order: Order) -> QuerySet[OrderItem]:
    """The lines that count, in order."""
    return order.items.filter(removed_in__isnull=True).order_by("position", "id")


def active_items(order: Order) -> list[OrderItem]:
    """The lines that count, in order, with their tests."""
    return list(counting_lines(order).select_related("item__kit__product", "item__sample_kind", "package"))


def choice_of(order: Order) -> tuple[list[TestItem], list[Package]]:
    """The items (as often as ordered) and packages an order was put together from."""
    items: list[TestItem] = []
    packages: dict[int, Package] = {}
    for line in active_items(order):
        if line.package:
            packages[line.package.pk] = line.package
        else:
            items += [line.item] * line.quantity
    return items, list(packages.values())


def line_key(line: OrderItem) -> str:
    """What makes two lines the same."""
    return str((line.item_id, line.package_id, line.price, line.quantity))


def told(lines: Sequence[Line]) -> list[Said]:
    """The lines in words, for people: 食物不耐受 ¥1,800.00 ×2."""
    return [
        (LINE_TIMES if line.quantity > 1 else LINE)(item=line.item, price=money.show(line.price), count=line.quantity)
        for line in lines
    ]


def codes(lines: Sequence[Line]) -> str:
    """The codes of the ordered tests, for the trail."""
    return "、".join(line.item.code for line in lines)
