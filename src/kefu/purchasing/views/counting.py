"""The sheet on which one of the two counts a delivery: what it begins with, scans, and confirming it (STK-003)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.ui.http import act, now
from kefu.kernel.errors import Invalid
from kefu.kernel.scans import Scan, ScanError, ScanFault, read_scan
from kefu.organisation.models import User
from kefu.purchasing import actions, queries
from kefu.purchasing.actions import Counted
from kefu.purchasing.choices import Side
from kefu.purchasing.forms import CountLines, with_one_more
from kefu.purchasing.models import Count, Delivery
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.scanning import product_scanned
from kefu.purchasing.views.places import person, unprocessable
from kefu.purchasing.views.requests import beside_lines

FAULTS = {
    ScanFault.EMPTY: _("没有扫到内容，请再扫一次"),
    ScanFault.TOO_LONG: _("扫到的内容太长，请再扫一次"),
    ScanFault.CHECK_DIGIT: _("条码校验位不对，可能没扫全，请再扫一次"),
    ScanFault.UNREADABLE: _("这不是商品条码，请扫包装上的条码，或直接选品名"),
}


def side_of(user: User, delivery: Delivery, counts: Mapping[str, Count]) -> Side | None:
    """For which side the person counts: the one he or she has counted for, else one the rights allow; None for neither."""
    node = delivery.warehouse.node_id
    if not allowed(user, PurchasingPermission.COUNT, node_id=node):
        return None
    rights = {Side.KEEPER: delivery.warehouse.keep_permission, Side.PRODUCT: PurchasingPermission.PLAN_ACT}
    mine = [Side(code) for code, count in counts.items() if count.by_id == user.pk]
    able = [side for side, right in rights.items() if allowed(user, right, node_id=node)]
    free = [side for side in able if side not in counts]
    return next(iter([*mine, *free, *able]), None)


def sheet_of(delivery: Delivery, counts: Mapping[str, Count], side: Side) -> Any:
    """The lots somebody has found so far, without packs, so that nobody copies; else what is still owed of the order."""
    lots: dict[tuple[int, str], dict[str, object]] = {}
    for count in counts.values():
        for line in count.lines.all():
            first = {"product": line.product_id, "lot": line.lot, "expiry": line.expiry}
            lots.setdefault((line.product_id, line.lot), first)
    if lots or delivery.order is None:
        return CountLines(initial=[lots[key] for key in sorted(lots)])
    owed = [{"product": product} for product, packs in queries.outstanding(delivery.order).items() if packs > 0]
    return CountLines(initial=owed)


def with_what_was_scanned(request: HttpRequest, delivery: Delivery) -> Any:
    """The sheet as posted, with a line more or one pack more of the lot that was scanned."""
    if "more" in request.POST:
        return CountLines(with_one_more(request.POST))
    try:
        scan = read_scan(request.POST.get("code", ""))
    except ScanError as error:
        messages.error(request, FAULTS[error.code])
        return CountLines(request.POST)
    product, scan = product_scanned(scan, delivery.supplier)
    if product is None:
        messages.warning(request, _("条码 %(gtin)s 还没有对应的产品，请在新加的一行里选品名") % {"gtin": scan.gtin})
    return CountLines(_added(request.POST, scan, product.pk if product else None))


def _added(data: Any, scan: Scan, product_id: int | None) -> Any:
    packs = scan.count or 1
    total = data.get("form-TOTAL_FORMS", "0")
    for number in range(int(total) if total.isdecimal() and len(total) < 4 else 0):
        same = data.get(f"form-{number}-product") == str(product_id) and data.get(f"form-{number}-lot") == scan.lot
        held = data.get(f"form-{number}-packs", "") or "0"
        if product_id is not None and same and held.isdecimal() and len(held) < 8:
            copied = data.copy()
            copied[f"form-{number}-packs"] = str(int(held) + packs)
            return copied
    return with_one_more(
        data, product=product_id or "", lot=scan.lot, packs=packs,
        expiry=scan.expires_on.isoformat() if scan.expires_on else "",
    )  # fmt: skip


def confirm(
    request: HttpRequest, delivery: Delivery, *, to: str, again: Callable[[object], HttpResponse]
) -> HttpResponseBase:
    """One's own figures, under one's own name."""
    user, lines = person(request), CountLines(request.POST)
    side = side_of(user, delivery, queries.latest_counts(delivery))
    if not lines.is_valid():
        return unprocessable(again(lines))
    entered = [line for line in lines if line.counted]

    def write() -> Count:
        try:
            return actions.count_delivery(
                delivery=delivery, side=side or Side.KEEPER, lines=[_counted(line.cleaned_data) for line in entered],
                by=user, at=now(request),
            )  # fmt: skip
        except Invalid as error:
            beside_lines(entered, error)
            raise

    return act(request, write, success=_("您点收的数已记下"), to=to, render=lambda: again(lines))


def _counted(given: Mapping[str, Any]) -> Counted:
    return Counted(
        given["product"], given["lot"], given["packs"] or 0, given["expiry"], given["damaged"] or 0, given["note"]
    )
