"""Saying how much should lie in a warehouse (STK-012)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions.models import ParLevel
from kefu.stock.models import Warehouse

LARGEST = 1_000_000


@action
def set_par(
    *, warehouse: Warehouse, product: Product, packs: int, reason: str, by: User, at: datetime, from_day: date | None = None
) -> ParLevel:  # fmt: skip
    """Set the par of a product from a day on (today, if not given); 0 ends it. What counted until then stays on record.

    Raises Invalid for impossible numbers, a day that is past or before one that was set already, or without a reason.
    """
    require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    today = timezone.localdate(at)
    day = from_day or today
    _check(packs, reason, day, today)
    locked = Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse.pk)
    rows = ParLevel.objects.filter(warehouse=locked, product=product)
    if rows.filter(valid_from__gt=day).exists():
        raise Invalid.one("from_day", "later_set", _("以后的日子已经定过备用数量，请从那天之后改"))
    before = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).order_by("-valid_from", "-pk").first()
    if before is not None and before.packs == packs and before.valid_to is None:
        nothing_changed()
        return before
    if before is not None:
        before.valid_to = day
        before.save(update_fields=["valid_to"])
    made = ParLevel.objects.create(
        warehouse=locked, product=product, packs=packs, valid_from=day, reason=reason.strip(), by=by, at=at
    )
    record(
        "requisitions.par.set", by=by, at=at, subject=Subject("requisitions.par_level", made.pk), node_id=locked.node_id,
        reason=made.reason, changes={product.code: (before.packs if before else None, packs)},
    )  # fmt: skip
    return made


def _check(packs: int, reason: str, day: date, today: date) -> None:
    wrong = []
    if not 0 <= packs <= LARGEST:
        wrong.append(FieldError("packs", "range", _("备用数量要在 0 到 1,000,000 之间")))
    if not reason.strip():
        wrong.append(FieldError("reason", "required", _("原因还没填")))
    if day < today:
        wrong.append(FieldError("from_day", "past", _("开始日期不能早于今天")))
    if wrong:
        raise Invalid(wrong)
