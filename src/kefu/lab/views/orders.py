"""The list of orders, one order with everything that belongs to it, and its cancellation."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kefu.customers.models import Customer
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.lab.actions import cancel_order
from kefu.lab.choices import OrderStatus
from kefu.lab.forms import ConsignmentForm, KitForm, SignatureForm
from kefu.lab.models import Order
from kefu.lab.permissions import LabPermission
from kefu.lab.presentation import order_rows, order_status, sample_rows
from kefu.lab.queries.addresses import SIGNED_SHEET, order_url, subject_of
from kefu.lab.queries.orders import file_of, open_order, orders_listed, with_people

GROUPS: tuple[tuple[str, object], ...] = (
    ("", gettext_lazy("全部")),
    ("sign", gettext_lazy("待签字")),
    ("kit", gettext_lazy("待发盒")),
    ("sampling", gettext_lazy("采样中")),
    ("testing", gettext_lazy("检测中")),
)


def get_order(request: StaffRequest, pk: int) -> Order:
    """The order with its people, if the person may see it; else 404."""
    return get_object_or_404(with_people(Order.objects.visible_to(request.user)), pk=pk)


@require_GET
@needs(LabPermission.ORDER_VIEW)
def order_list(request: StaffRequest) -> HttpResponse:
    """Orders, newest first, by where they stand or by number."""
    show, text = request.GET.get("show", ""), request.GET.get("q", "").strip()
    orders = orders_listed(request.user, request.GET, now(request))
    keyset = Keyset(orders, order=("-placed_at", "-id"), cursor=request.GET.get("after"))
    options = [Option(label, f"?show={code}", pressed=show == code) for code, label in GROUPS]
    context = {"keyset": keyset, "rows": order_rows(keyset.rows, now(request)), "options": options, "q": text}
    context["export_url"] = export_url(request, "lab.orders")
    return page(request, "lab/orders.html", context, partial="rows")


@require_GET
@needs(LabPermission.ORDER_VIEW)
def order(request: StaffRequest, pk: int) -> HttpResponse:
    """One order: what was ordered, papers, kit, samples, history, and the next step."""
    shown = get_order(request, pk)
    record_read(
        "lab.order.read", by=request.user, at=now(request), subject=subject_of(shown), customer_id=shown.customer_id,
        node_id=shown.node_id,
    )  # fmt: skip
    return order_page(request, shown)


def order_page(request: StaffRequest, shown: Order, **forms: object) -> HttpResponse:
    """The page of an order, with forms that were filled in wrongly instead of empty ones."""
    today, found = timezone.localdate(now(request)), file_of(shown)
    for sample in found.samples:
        sample.order = shown
    may = {
        name: allowed(request.user, permission, customer=shown.customer)
        for name, permission in (
            ("place", LabPermission.ORDER_PLACE), ("sign", LabPermission.ORDER_SIGN), ("kit", LabPermission.KIT_ISSUE),
            ("check", LabPermission.SAMPLE_CHECK),
        )
    }  # fmt: skip
    context = {
        "order": shown, "file": found, "status": order_status(shown), "row": order_rows([shown], now(request))[0],
        "samples": sample_rows(found.samples, now(request)), "may": may, "may_sign": may["place"] or may["sign"],
        "signature_form": SignatureForm(initial={"signed_on": today}), "kit_form": KitForm(),
        "consignment_form": ConsignmentForm(initial={"sent_on": today}), "scan_kinds": [(SIGNED_SHEET, _("签字单扫描件"))],
    }  # fmt: skip
    return page(request, "lab/order.html", context | forms)


@require_POST
@needs(LabPermission.ORDER_PLACE)
def cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Cancel an order for a reason."""
    shown = get_order(request, pk)
    return act(
        request,
        lambda: cancel_order(order=shown, reason=request.POST.get("reason", ""), by=request.user, at=now(request)),
        success=_("检测单 %s 已作废，收费已冲销。") % shown.number
        if shown.signed_at
        else _("检测单 %s 已作废。") % shown.number,
        to=order_url(shown.pk),
    )


@require_GET
@needs(LabPermission.ORDER_VIEW)
def next_order(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """To the customer's order that waits for a signature or a kit; without one, to the newest, or to ordering."""
    get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    waiting = open_order(customer_id, request.user, (OrderStatus.TESTS_ORDERED, OrderStatus.SIGNED))
    found = waiting or open_order(customer_id, request.user)
    return redirect(order_url(found.pk) if found else reverse("customers:tab", args=[customer_id, "lab"]))
