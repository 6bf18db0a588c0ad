"""Tracking, classes, deals and the lead ladder: what is due, and the verbs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.customers import queries
from kefu.customers.actions.deals import check_deal, enter_deal
from kefu.customers.actions.ladder import sort_lead
from kefu.customers.actions.standing import Classified, classify, track
from kefu.customers.choices import DealState, Demand, Grade, Importance, Rung
from kefu.customers.models import Deal
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries.standing import TrackingFilter, leads_listed, rung_of, trackings_listed
from kefu.customers.scopes import sees_pool
from kefu.customers.standing_forms import ClassesForm, DealCheckForm, DealForm, RungForm, TrackingForm
from kefu.customers.tracked import rows_of, tab_url
from kefu.customers.views.asked import customer_of
from kefu.customers.views.small import save
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option


@require_GET
@needs(CustomerPermission.GRADING_VIEW)
def tracking_list(request: StaffRequest) -> HttpResponse:
    """Tracking entries due and overdue, per owner and grade, the earliest first (CUS-016)."""
    user, at, asked = request.user, now(request), request.GET
    narrow = TrackingFilter.of(asked)
    keyset = Keyset(trackings_listed(user, asked, at), order=("due_on", "id"), cursor=asked.get("after", ""))
    spans = {"": _("全部"), "overdue": _("已逾期"), "today": _("今天"), "week": _("7 天内")}
    context = {
        "keyset": keyset, "rows": rows_of(keyset.rows, user, at), "asked": narrow, "grades": Grade.choices,
        "managers": queries.owners_in(user, "health_manager"), "sees_pool": sees_pool(user),
        "export_url": export_url(request, "customers.trackings"),
        "spans": [Option(label, f"?{_query(replace(narrow, when=code))}", pressed=narrow.when == code) for code, label in spans.items()],
    }  # fmt: skip
    return page(request, "customers/trackings.html", context, partial="rows")


def _query(narrow: TrackingFilter) -> str:
    given = {
        "when": narrow.when,
        "grade": narrow.grade,
        "health_manager": narrow.health_manager or "",
        "pool": "on" if narrow.pool else "",
    }
    return "&".join(f"{name}={value}" for name, value in given.items() if value)


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def tracking(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Write a tracking entry (CUS-016)."""
    customer = customer_of(request, customer_id)

    def write(given: dict[str, Any]) -> object:
        return track(
            customer=customer,
            note=given["note"],
            classes=_classes(given),
            reason=given["reason"],
            by=request.user,
            at=now(request),
        )

    return save(request, customer, TrackingForm(request.POST), _("追踪已记录。"), write, tab_url(customer.pk))


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def classes(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Change the classes between two entries (CUS-012)."""
    customer = customer_of(request, customer_id)

    def write(given: dict[str, Any]) -> object:
        return classify(
            customer=customer, classes=_classes(given), reason=given["reason"], by=request.user, at=now(request)
        )

    return save(request, customer, ClassesForm(request.POST), _("分类已更新。"), write, tab_url(customer.pk))


def _classes(given: dict[str, Any]) -> Classified:
    return Classified(
        Demand(given["demand"]), given["expected_on"], DealState(given["deal_state"]), Importance(given["importance"]), given["closable_amount"]
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def deals(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Enter a signed contract (CUS-030)."""
    customer = customer_of(request, customer_id)
    return save(
        request, customer, DealForm(request.POST), _("合同已登记，等同事审核后计入成交。"),
        lambda given: enter_deal(customer=customer, **given, by=request.user, at=now(request)), tab_url(customer.pk),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.DEAL_CHECK)
def deal_check(request: StaffRequest, customer_id: int, deal_id: int) -> HttpResponseBase:
    """Audit a contract and verify the channel (CUS-030)."""
    customer = customer_of(request, customer_id)
    deal = get_object_or_404(Deal.objects.select_related("customer"), pk=deal_id, customer=customer)
    return save(
        request, customer, DealCheckForm(request.POST), _("审核结果已记录。"),
        lambda given: check_deal(deal=deal, **given, by=request.user, at=now(request)), tab_url(customer.pk),
    )  # fmt: skip


@require_GET
@needs(CustomerPermission.GRADING_TRACK)
def lead_list(request: StaffRequest) -> HttpResponse:
    """Leads not looked through yet today, the highest step first (CUS-035)."""
    user, at, asked = request.user, now(request), request.GET
    chosen, mine = rung_of(asked), asked.get("mine") == "on"
    keyset = Keyset(leads_listed(user, asked, at), order=("-rung", "id"), cursor=asked.get("after", ""))
    kept = "&mine=on" if mine else ""
    options = [Option(_("全部"), f"?{kept[1:]}", pressed=chosen is None)]
    options += [Option(rung.label, f"?rung={rung.value}{kept}", pressed=chosen == rung) for rung in reversed(Rung)]
    step = f"&rung={chosen.value}" if chosen else ""
    whose = [
        Option(_("我看得到的"), f"?{step[1:]}", pressed=not mine),
        Option(_("我的"), f"?mine=on{step}", pressed=mine),
    ]
    context = {
        "keyset": keyset, "options": options, "whose": whose, "export_url": export_url(request, "customers.leads"),
        "rows": [(lead, view_of(lead, at), RungForm(initial={"rung": lead.rung}, auto_id=f"rung_{lead.pk}_%s")) for lead in keyset.rows],
    }  # fmt: skip
    return page(request, "customers/leads.html", context, partial="rows")


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def rung(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """A lead was looked through (CUS-035)."""
    customer = customer_of(request, customer_id)
    form = RungForm(request.POST)
    to = reverse("customers:leads") if request.POST.get("from") == "list" else tab_url(customer.pk)
    given = form.cleaned_data if form.is_valid() else {"rung": 0, "note": ""}
    return act(request, lambda: sort_lead(customer=customer, **given, by=request.user, at=now(request)),
               success=_("已整理：%s。") % (customer.name or _("未留姓名")), to=to)  # fmt: skip
