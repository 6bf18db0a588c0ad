"""Prepaid packages: the list, one with its ledger, the sale, the statement."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.billing.actions import sell_prepaid
from kefu.billing.actions.prepaid_ledger import KIND
from kefu.billing.models import Prepaid
from kefu.billing.permissions import BillingPermission
from kefu.billing.prepaid_documents import STATEMENT
from kefu.billing.prepaid_forms import OutcomeForm, SellForm
from kefu.billing.queries import standing_of
from kefu.billing.queries.prepaid import freeze_open, ledger_of, prepaid_listed, refunds_of_package
from kefu.customers.models import Customer
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.queries import prints_of
from kefu.foundation.ui.http import Keyset, act, page

VIEW = BillingPermission.PREPAID_VIEW


@needs(VIEW)
@require_GET
def listing(request: StaffRequest) -> HttpResponse:
    """The packages within reach, the newest first."""
    rows = prepaid_listed(request.user, request.GET, request.at)
    context = {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "today": timezone.localdate(request.at),
        "q": request.GET.get("q", ""),
        "state": request.GET.get("state", ""),
        "states": [("", _("全部")), ("usable", _("可以用")), ("low", _("快用完")), ("frozen", _("冻结中")), ("used", _("已用完")), ("expired", _("已过期"))],
        "export_url": export_url(request, "billing.prepaid"),
    }  # fmt: skip
    return page(request, "billing/prepaids.html", context, partial="rows")


@needs(VIEW)
@require_GET
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A package: what is left, its ledger, its freezes, and the money that goes back."""
    prepaid = package(request, pk)
    record_read(
        "billing.prepaid.read",
        by=request.user,
        at=request.at,
        customer_id=prepaid.customer_id,
        subject=Subject(KIND, pk),
    )
    return shown(request, prepaid, OutcomeForm())


@needs(BillingPermission.PREPAID_SELL)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The form that sells a package; the money is taken at the desk."""
    customers = Customer.objects.visible_to(request.user, BillingPermission.PREPAID_SELL).select_related("node")
    customer = get_object_or_404(customers, pk=customer_id)
    form = SellForm(request.POST if request.method == "POST" else None)

    def drawn(status: int = 200) -> HttpResponse:
        return page(request, "billing/prepaid_new.html", {"customer": customer, "form": form}, status=status)

    if request.method == "GET":
        return drawn()
    if not form.is_valid():
        return drawn(422)
    return act(
        request,
        lambda: sell_prepaid(customer=customer, **form.cleaned_data, by=request.user, at=request.at),
        success=lambda made: _("已售出 %(number)s，请收款") % {"number": made.number},
        to=lambda made: reverse("billing:prepaid", args=[made.pk]),
        form=form,
        render=drawn,
    )


@needs(VIEW)
@require_POST
def printout(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Print the statement: all units that came and went."""
    prepaid = package(request, pk)
    return act(
        request,
        lambda: print_document(
            code=STATEMENT, subject=Subject(KIND, prepaid.pk), customer_id=prepaid.customer_id, by=request.user, at=request.at
        ),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip


def package(request: StaffRequest, pk: int) -> Prepaid:
    """The package of that id within reach."""
    rows = prepaid_listed(request.user, {}, request.at).select_related("origin__customer")
    return get_object_or_404(rows, pk=pk)


def shown(request: StaffRequest, prepaid: Prepaid, form: OutcomeForm, status: int = 200) -> HttpResponse:
    """The page of a package; `form` is that of the reminder, if there is one."""
    user, today, customer = request.user, timezone.localdate(request.at), prepaid.customer
    usable = prepaid.balance > 0 and prepaid.valid_until >= today
    frozen = freeze_open(prepaid, today)
    may_keep = allowed(user, BillingPermission.PREPAID_KEEP, customer=customer)
    holds = frozen is not None and frozen.starts <= today
    entries = ledger_of(prepaid)
    others = [one.came_as.prepaid_id for one in entries if hasattr(one, "came_as")]
    others += [prepaid.origin_id] if prepaid.origin_id else []
    context = {
        "prepaid": prepaid, "entries": entries, "freezes": prepaid.freezes.select_related("by", "ended_by"),
        "named": set(Prepaid.objects.visible_to(user).filter(pk__in=others).values_list("pk", flat=True)),
        "refunds": refunds_of_package(prepaid), "frozen": frozen, "today": today, "form": form,
        "owing": standing_of([prepaid.charge]).lines[0] if prepaid.charge else None,
        "may_keep": may_keep, "may_use": may_keep and usable and not holds, "may_freeze": may_keep and usable and frozen is None,
        "may_refund": usable and prepaid.charge is not None and allowed(user, BillingPermission.REFUND_ASK, customer=customer),
        "may_ask": allowed(user, BillingPermission.REFUND_ASK, customer=customer),
        "may_see_charge": allowed(user, BillingPermission.CHARGE_VIEW, customer=customer),
        "low": prepaid.lows.filter(ended_at__isnull=True).select_related("handled_by").first(),
        "prints": prints_of(STATEMENT, KIND, prepaid.pk)[:5],
    }  # fmt: skip
    return page(request, "billing/prepaid.html", context, status=status)
