"""The product list that the customer signs (PRD-004, RPT-008)."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.printing import documents
from kefu.kernel.money import show
from kefu.sales.models import Purchase
from kefu.sales.queries import total_of

PRODUCT_LIST = "sales.list"


def product_list(purchase_id: int) -> dict[str, object]:
    """What the list says; it depends on the purchase alone."""
    purchase = Purchase.objects.select_related("customer", "doctor", "node").get(pk=purchase_id)
    lines = [line for line in purchase.lines.select_related("product") if line.quantity]
    return {
        "number": purchase.number,
        "node": purchase.node.zh,
        "customer": purchase.customer.name,
        "archive_number": purchase.customer.archive_number or "",
        "doctor": purchase.doctor.name,
        "at": purchase.entered_at or purchase.prescribed_at,
        "lines": lines,
        "total": show(total_of(purchase)),
        "signatures": [_("客户签字"), _("健康管理师"), _("日期")],
    }


documents.register(PRODUCT_LIST, _("产品清单"), "sales/print/list.html", size="A4", context=product_list)
