"""Writing the lines and versions of an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kefu.foundation.audit.trail import within_action
from kefu.foundation.sentences.saying import keep_all
from kefu.lab.models import Order, OrderItem, OrderVersion
from kefu.lab.queries.lines import Line, line_key, told
from kefu.organisation.models import User


@within_action
def write_lines(order: Order, lines: Sequence[Line], first: int = 1) -> None:
    """Add lines to an order in its present version, numbered from `first`."""
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order, item=line.item, package=line.package, price=line.price, quantity=line.quantity,
            amount=line.amount, position=position, added_in=order.version,
        )
        for position, line in enumerate(lines, first)
    )  # fmt: skip


@within_action
def replace_lines(order: Order, before: Sequence[OrderItem], lines: Sequence[Line]) -> None:
    """Lines that stay the same stay; the others leave, and new ones come after them."""
    wanted = {str(line.key) for line in lines}
    kept = {line_key(line) for line in before}
    OrderItem.objects.filter(pk__in=[line.pk for line in before if line_key(line) not in wanted]).update(
        removed_in=order.version
    )
    last = max((line.position for line in before), default=0)
    write_lines(order, [line for line in lines if str(line.key) not in kept], last + 1)


@within_action
def write_version(order: Order, lines: Sequence[Line], reason: str, by: User, at: datetime) -> None:
    """Keep what is ordered in the present version."""
    OrderVersion.objects.create(
        order=order,
        version=order.version,
        details=keep_all(told(lines)),
        total=order.total,
        reason=reason,
        by=by,
        at=at,
    )
