"""Papers of purchasing: the order as the manufacturer gets it (STK-002), and whose files hang on a delivery (STK-004)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.kernel.money import show
from kefu.organisation.models import User
from kefu.purchasing.actions.delivering import KIND as DELIVERY
from kefu.purchasing.actions.ordering import KIND as ORDER
from kefu.purchasing.models import Delivery, PurchaseOrder
from kefu.purchasing.permissions import PurchasingPermission

PAPERS = (("delivery_note", _("送货单")), ("stock_in_slip", _("签字底单")), ("photo", _("到货照片")))


def order(order_id: int) -> dict[str, object]:
    """What the order says: their article numbers beside ours, packs, prices, where to and by when."""
    rows = PurchaseOrder.objects.select_related("supplier__institution", "warehouse__node", "by")
    one = rows.get(pk=order_id)
    lines = list(one.lines.select_related("supply__product").order_by("pk"))
    return {
        "number": one.number,
        "node": one.warehouse.node.zh,
        "warehouse": one.warehouse.zh,
        "address": one.warehouse.node.address,
        "at": timezone.localdate(one.at),
        "supplier": one.supplier.institution.zh,
        "contact": one.supplier.contact,
        "expected_on": one.expected_on,
        "lines": [(line, show(line.price), show(line.amount)) for line in lines],
        "packs": sum(line.packs for line in lines),
        "amount": show(sum(line.amount for line in lines)),
        "ordered_by": f"{one.by.name} {one.by.job_number}",
        "signatures": [_("采购人"), _("厂家确认")],
    }


def _sees_order(user: User, order_id: int) -> bool:
    return PurchaseOrder.objects.visible_to(user).filter(pk=order_id).exists()


def _sees_delivery(user: User, delivery_id: int) -> bool:
    return Delivery.objects.visible_to(user).filter(pk=delivery_id).exists()


def _adds_to_delivery(user: User, _delivery_id: int) -> bool:
    return allowed(user, PurchasingPermission.COUNT)


documents.register(ORDER, _("采购单"), "purchasing/print/order.html", size="A4", context=order)
register_policy(ORDER, _sees_order)
register_policy(DELIVERY, _sees_delivery, add=_adds_to_delivery)
