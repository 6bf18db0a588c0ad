"""Papers of the warehouse: the issue slip with its detail list (STK-006, RPT-008), and the stock-in slip (STK-004)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.organisation.models import User
from kefu.stock.models import IssueSlip, Receipt, Stocktake, Warehouse

ISSUE_SLIP = "stock.issue_slip"
RECEIPT = "stock.receipt"
COUNT_LIST = "stock.count_list"


def issue_slip(slip_id: int) -> dict[str, object]:
    """What the issue slip says: every product with specification, lot, expiry and packs, and what came back."""
    slip = IssueSlip.objects.select_related("warehouse__node", "customer", "by", "to_warehouse").get(pk=slip_id)
    lines = list(slip.lines.select_related("lot__product", "balance__zone").order_by("lot__product__code", "pk"))
    return {
        "number": slip.number,
        "node": slip.warehouse.node.zh,
        "warehouse": slip.warehouse.zh,
        "customer": slip.customer.name if slip.customer else "",
        "at": timezone.localdate(slip.at),
        "purpose": slip.purpose,
        "to": slip.to_warehouse.zh if slip.to_warehouse else "",
        "lines": lines,
        "packs": sum(line.packs for line in lines),
        "returned": sum(line.returned for line in lines),
        "issued_by": f"{slip.by.name} {slip.by.job_number}",
        "signatures": [_("发货人"), _("复核人"), _("收货人")],
    }


def receipt(receipt_id: int) -> dict[str, object]:
    """What the stock-in slip says: the counted lines."""
    slip = Receipt.objects.select_related("warehouse__node", "by").get(pk=receipt_id)
    lines = list(slip.lines.select_related("balance__lot", "balance__zone", "balance__product").order_by("pk"))
    return {
        "number": slip.number,
        "node": slip.warehouse.node.zh,
        "warehouse": slip.warehouse.zh,
        "at": slip.received_on,
        "supplier": slip.supplier,
        "note": slip.note,
        "lines": lines,
        "packs": sum(line.packs for line in lines),
        "booked_by": f"{slip.by.name} {slip.by.job_number}",
        "signatures": [_("点收人"), _("复核人"), _("库管")],
    }


def count_list(stocktake_id: int) -> dict[str, object]:
    """What the count list says: every line in the order of the shelves, without what the book says (STK-010)."""
    sheet = Stocktake.objects.select_related("warehouse__node", "zone", "category").get(pk=stocktake_id)
    lines = sheet.lines.select_related("balance__lot", "balance__zone", "balance__product")
    parts = [sheet.zone.zh if sheet.zone else _("全部库区"), *([sheet.category.zh] if sheet.category else [])]
    return {
        "number": sheet.number,
        "node": sheet.warehouse.node.zh,
        "warehouse": sheet.warehouse.zh,
        "at": timezone.localdate(sheet.at),
        "range": " · ".join(str(part) for part in parts),
        "lines": list(lines.order_by("balance__zone__code", "balance__product__code", "balance__lot__code", "pk")),
        "signatures": [_("盘点人"), _("复盘人"), _("审批人")],
    }


def _sees_issue(user: User, slip_id: int) -> bool:
    return Warehouse.objects.visible_to(user).filter(issues=slip_id).exists()


def _sees_receipt(user: User, slip_id: int) -> bool:
    return Warehouse.objects.visible_to(user).filter(receipts=slip_id).exists()


def _sees_stocktake(user: User, stocktake_id: int) -> bool:
    return Stocktake.objects.visible_to(user).filter(pk=stocktake_id).exists()


def _customer(slip_id: int) -> int | None:
    return IssueSlip.objects.filter(pk=slip_id).values_list("customer_id", flat=True).first()


documents.register(ISSUE_SLIP, _("出库单"), "stock/print/issue_slip.html", size="A4", context=issue_slip)
documents.register(RECEIPT, _("入库单"), "stock/print/receipt.html", size="A4", context=receipt)
register_policy(ISSUE_SLIP, _sees_issue, customer=_customer)
register_policy(RECEIPT, _sees_receipt)
documents.register(COUNT_LIST, _("盘点表"), "stock/print/count_list.html", size="A4", context=count_list)
register_policy(COUNT_LIST, _sees_stocktake)
