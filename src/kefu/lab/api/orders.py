"""Orders over the API, from ordering to the accepted sample."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing, listing
from kefu.foundation.api.references import UnknownReference, reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Line
from kefu.foundation.audit.trail import record_read
from kefu.kernel.errors import FieldError
from kefu.kernel.ids import ident
from kefu.lab import actions
from kefu.lab.api.bodies import KitIn, OrderDetail, OrderFilter, OrderIn, OrderOut, SamplesIn, SignatureIn
from kefu.lab.choices import SampleState
from kefu.lab.models import Order, Sample
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.lines import active_items
from kefu.lab.queries.orders import with_people
from kefu.lab.queries.reasons import reason_named
from kefu.lab.queries.reports import reports_of
from kefu.organisation.models import User
from kefu.products.models import Package, TestItem
from kefu.products.queries import orderable_items, orderable_packages

router = Router(tags=["lab"])


@router.post("lab-orders", response={201: OrderDetail, **RESPONSES}, operation_id="lab_orders_create")
@needs(LabPermission.ORDER_PLACE)
def create_order(request: ApiRequest, body: OrderIn) -> Status[object]:
    """A doctor orders tests (LAB-001)."""
    customers = Customer.objects.visible_to(request.user).select_related("node", "doctor", "health_manager")
    customer = customer_named(customers, body.customer, field="customer")
    doctors = User.objects.filter(is_active=True, is_system=False)
    doctor = reference(doctors, body.doctor, "usr", "job_number", field="doctor")
    items, packages = _chosen([*body.items, *body.packages])
    made = actions.place_order(
        customer=customer, doctor=doctor, items=items, packages=packages, note=body.note, by=request.user, at=request.at
    )
    return Status(201, show_all(made))


@router.get("lab-orders", response={200: Listing[OrderOut], **RESPONSES}, operation_id="lab_orders_list")
@needs(LabPermission.ORDER_VIEW)
def list_orders(request: ApiRequest, query: Query[OrderFilter]) -> dict[str, object]:
    """Orders, newest first."""
    orders = with_people(Order.objects.visible_to(request.user))
    if query.status is not None:
        orders = orders.filter(status=query.status)
    if query.customer is not None:
        seen = Customer.objects.visible_to(request.user)
        orders = orders.filter(customer=customer_named(seen, query.customer, field="customer"))
    return listing(orders, query, order=("-placed_at", "-id"), show=show)


@router.get("lab-orders/{order_id}", response={200: OrderDetail, **RESPONSES}, operation_id="lab_orders_read")
@needs(LabPermission.ORDER_VIEW)
def read_order(request: ApiRequest, order_id: Line) -> dict[str, object]:
    """One order with tests, samples and reports."""
    order = _order(request, order_id)
    record_read("lab.order.read", by=request.user, at=request.at, subject=subject_of(order),
                customer_id=order.customer_id, node_id=order.node_id)  # fmt: skip
    return show_all(order)


@router.post(
    "lab-orders/{order_id}/signature", response={200: OrderDetail, **RESPONSES}, operation_id="lab_orders_signature"
)
@needs(LabPermission.ORDER_SIGN, LabPermission.ORDER_PLACE)
def sign_order(request: ApiRequest, order_id: Line, body: SignatureIn) -> dict[str, object]:
    """The customer signed the sheet; its total is due (LAB-002)."""
    order = _order(request, order_id)
    actions.record_signature(
        order=order,
        signer=body.signer,
        signer_name=body.signer_name or "",
        signed_on=body.signed_on,
        by=request.user,
        at=request.at,
    )
    return show_all(_order(request, order_id))


@router.post("lab-orders/{order_id}/kit", response={200: OrderDetail, **RESPONSES}, operation_id="lab_orders_kit")
@needs(LabPermission.KIT_ISSUE)
def issue_kit(request: ApiRequest, order_id: Line, body: KitIn) -> dict[str, object]:
    """The kits leave the centre's stock; the report date is promised (LAB-004)."""
    actions.issue_kit(
        order=_order(request, order_id), mode=body.mode, carrier=body.carrier or "", waybill=body.waybill or "",
        by=request.user, at=request.at,
    )  # fmt: skip
    return show_all(_order(request, order_id))


@router.post(
    "lab-orders/{order_id}/samples", response={200: OrderDetail, **RESPONSES}, operation_id="lab_orders_samples"
)
@needs(LabPermission.SAMPLE_CHECK)
def check_samples(request: ApiRequest, order_id: Line, body: SamplesIn) -> dict[str, object]:
    """Samples came in: contents, number and quality were checked (LAB-006)."""
    order = _order(request, order_id)
    reason, words = reason_named(body.reason or "")
    note = "，".join(part for part in (words, body.note or "") if part)
    good = body.accepted
    findings = [actions.Finding(sample, good, good, good, reason, note) for sample in _awaited(order, body.barcodes)]
    actions.check_samples(order=order, findings=findings, taken_at=body.taken_at, by=request.user, at=request.at)
    return show_all(_order(request, order_id))


def show(order: Order) -> dict[str, object]:
    """An order as listed."""
    return {
        "id": ident("ord", order.pk), "number": order.number, "customer": ident("cus", order.customer_id),
        "doctor": order.doctor.job_number, "total": order.total, "status": order.status,
        "status_label": order.get_status_display(), "report_due": order.due, "ordered_at": order.placed_at,
    }  # fmt: skip


def show_all(order: Order) -> dict[str, object]:
    """An order with everything."""
    samples = order.samples.exclude(state=SampleState.VOID).select_related("order_item__item", "reason", "replaces")
    return show(order) | {
        "items": [
            {
                "item": line.item.code, "name": line.item.label, "package": line.package.code if line.package else None,
                "price": line.price, "quantity": line.quantity, "amount": line.amount,
            }
            for line in active_items(order)
        ],
        "samples": [_sample(sample) for sample in samples.order_by("pk")],
        "reports": reports_of(order),
    }  # fmt: skip


def _sample(sample: Sample) -> dict[str, object]:
    return {
        "barcode": sample.barcode, "item": sample.order_item.item.code, "status": sample.state, "due_on": sample.due_on,
        "reason": (sample.reason.code if sample.reason else sample.note) or None,
        "replaces": sample.replaces.barcode if sample.replaces else None,
    }  # fmt: skip


def _order(request: ApiRequest, text: str) -> Order:
    return reference(with_people(Order.objects.visible_to(request.user)), text, "ord", "number")


def _chosen(names: list[str]) -> tuple[list[TestItem], list[Package]]:
    """Test items and packages by id or code, in the order named; 404 names the field `items`."""
    bundles: QuerySet[Package] = orderable_packages().filter(code__in=names)
    packages = {package.code: package for package in bundles}
    items = [reference(orderable_items(), name, "tst", "code", field="items") for name in names if name not in packages]
    return items, [packages[name] for name in names if name in packages]


def _awaited(order: Order, barcodes: list[str] | None) -> list[Sample]:
    awaited = list(order.samples.filter(state=SampleState.AWAITED).order_by("pk"))
    if barcodes is None:
        return awaited
    known = {sample.barcode: sample for sample in awaited}
    unknown = [code for code in barcodes if code not in known]
    if unknown:
        raise UnknownReference(FieldError("barcodes", "unknown", _("没有等收的样本 %(code)s。") % {"code": unknown[0]}))
    return [known[code] for code in dict.fromkeys(barcodes)]
