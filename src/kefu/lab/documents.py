"""Papers of an order: the sheet to sign, the request, the sampling guide, the labels (LAB-002, LAB-003, RPT-008)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.kernel import money
from kefu.lab.choices import SampleState
from kefu.lab.models import KitIssueLine, Order, OrderItem, Sample
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import GUIDE, KIND, LABELS, REQUEST, SHEET
from kefu.lab.queries.lines import active_items
from kefu.organisation.models import User
from kefu.products.queries import sampling_guide


def sheet(order_id: int) -> dict[str, object]:
    """The sheet the customer signs: every test with its price, the total, the expected report date."""
    order, lines = _read(order_id)
    return _head(order) | {
        "lines": [(line, money.show(line.price), money.show(line.amount)) for line in lines],
        "total": money.show(order.total), "estimated_due": order.estimated_due, "note": order.note,
        "phone": order.node.phone, "signatures": [_("客户（或监护人）签字"), _("日期")],
    }  # fmt: skip


def request(order_id: int) -> dict[str, object]:
    """The request that goes to the laboratory with the samples: who, which tests, which samples."""
    order, lines = _read(order_id)
    barcodes: dict[int, list[str]] = {}
    for sample in order.samples.exclude(state__in=[SampleState.VOID, SampleState.REJECTED]).order_by("pk"):
        barcodes.setdefault(sample.order_item_id, []).append(sample.barcode)
    customer = order.customer
    return _head(order) | {
        "sex": customer.get_sex_display(), "age": customer.age(timezone.localdate(order.placed_at)),
        "birth_date": customer.birth_date, "note": order.note, "lines": [(line, barcodes.get(line.pk, [])) for line in lines],
        "signatures": [_("送检人"), _("检验室接收人"), _("接收时间")],
    }  # fmt: skip


def guide(order_id: int) -> dict[str, object]:
    """What the customer does with each kit, the date the samples should be back and the report date."""
    order, lines = _read(order_id)
    awaited = order.samples.filter(state=SampleState.AWAITED).order_by("due_on").first()
    return _head(order) | {
        "sections": sampling_guide([line.item for line in lines]), "back_by": awaited.due_on if awaited else None,
        "due": order.due, "phone": order.node.phone, "signatures": [],
    }  # fmt: skip


def labels(order_id: int) -> dict[str, object]:
    """A label for every kit that is out and for every sample that is awaited."""
    order, _lines = _read(order_id)
    boxes = KitIssueLine.objects.filter(issue__order=order, issue__taken_back_at__isnull=True).select_related("kit")
    samples = Sample.objects.filter(order=order, state=SampleState.AWAITED).select_related(
        "order_item__item__sample_kind"
    )
    return {
        "name": order.customer.name, "archive_number": order.customer.archive_number or "", "order": order.number,
        "boxes": list(boxes.order_by("pk")), "samples": list(samples.order_by("pk")),
    }  # fmt: skip


def _read(order_id: int) -> tuple[Order, list[OrderItem]]:
    order = Order.objects.select_related("customer", "node", "doctor").get(pk=order_id)
    return order, active_items(order)


def _head(order: Order) -> dict[str, Any]:
    return {
        "number": order.number, "node": order.node.zh, "customer": order.customer.name, "at": timezone.localdate(order.placed_at),
        "archive_number": order.customer.archive_number or "", "doctor": f"{order.doctor.name} {order.doctor.job_number}",
    }  # fmt: skip


def _sees(user: User, order_id: int) -> bool:
    return Order.objects.visible_to(user).filter(pk=order_id).exists()


def _adds(user: User, order_id: int) -> bool:
    """Scans of the signed sheet are added by those who may record the signature."""
    order = Order.objects.select_related("customer").filter(pk=order_id).first()
    rights = (LabPermission.ORDER_SIGN, LabPermission.ORDER_PLACE, LabPermission.SAMPLE_CHECK)
    return order is not None and any(allowed(user, right, customer=order.customer) for right in rights)


def _customer(order_id: int) -> int | None:
    return Order.objects.filter(pk=order_id).values_list("customer_id", flat=True).first()


documents.register(SHEET, _("检测单"), "lab/print/sheet.html", context=sheet)
documents.register(REQUEST, _("检测申请单"), "lab/print/request.html", context=request)
documents.register(GUIDE, _("采样指南"), "lab/print/guide.html", context=guide)
documents.register(LABELS, _("样本标签"), "lab/print/labels.html", "label", context=labels)
register_policy(KIND, _sees, add=_adds, customer=_customer)
