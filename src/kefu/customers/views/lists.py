"""The list, registering somebody new, and everything that finds customers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from kefu.customers import queries
from kefu.customers.actions import LeadResult, create_lead
from kefu.customers.bulk import CUSTOMERS
from kefu.customers.choices import CaptureWay, Stage, Tier
from kefu.customers.forms import LeadForm, reachable_nodes
from kefu.customers.models import Customer
from kefu.customers.narrowing import ListForm
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries import CustomerFilter
from kefu.customers.queries.segments import segments
from kefu.customers.scopes import sees_pool
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import everyone, needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.lists.shown import NO_VIEW, VIEW, Shown
from kefu.foundation.slots.registry import slots
from kefu.foundation.ui.http import act, now, page
from kefu.organisation.models import User

FOUND = 50
PICKED = 10
IN_BOX = 8


@require_GET
@needs(CustomerPermission.ARCHIVE_VIEW)
def customer_list(request: StaffRequest) -> HttpResponse:
    """Customers in scope, newest first; narrowed by filters or found by `q`; as a saved view keeps it (CUS-003, CUS-005, ORG-010)."""
    user = request.user
    form = ListForm(request.GET)
    narrow = form.narrow(timezone.localdate(now(request)))
    text = (form.cleaned_data.get("q") or "").strip()
    shown = Shown(request, CUSTOMERS, _found(user, narrow, text) if text else None)
    if shown.opening:
        return redirect(f"{reverse('customers:list')}{shown.opening}")
    context = {
        "list": shown, "q": text, "asked": narrow, "stages": _stages(request, narrow),
        "nodes": reachable_nodes(user, CustomerPermission.ARCHIVE_VIEW), "managers": queries.owners_in(user, "health_manager"),
        "doctors": queries.owners_in(user, "doctor"), "may_create": access_of(user).may(CustomerPermission.LEAD_CREATE),
        "captures": CaptureWay, "may_merge": access_of(user).may(CustomerPermission.MERGE),
        "segment": segments(user).filter(pk=narrow.segment).first() if narrow.segment else None,
        "tier": Tier(narrow.tier).label if narrow.tier and access_of(user).may(CustomerPermission.GRADING_VIEW) else "",
    }  # fmt: skip
    return page(request, "customers/list.html", context, partial="rows")


def _found(user: User, narrow: CustomerFilter, text: str) -> list[Customer]:
    ids = queries.search_ids(user, text, FOUND)
    shown = queries.listed(user, narrow).filter(pk__in=ids).select_related("source").prefetch_related("contacts")
    found = {customer.pk: customer for customer in shown}
    return [found[pk] for pk in ids if pk in found]


def _stages(request: StaffRequest, narrow: CustomerFilter) -> list[dict[str, object]]:
    kept = request.GET.copy()
    for name in ("stage", "pool", "after"):
        kept.pop(name, None)
    tail = f"&{kept.urlencode()}" if kept else ""
    options = [
        {
            "url": f"?{kept.urlencode() or f'{VIEW}={NO_VIEW}'}",
            "label": _("全部"),
            "pressed": not narrow.stage and not narrow.pool,
        },
        *(
            {"url": f"?stage={stage.value}{tail}", "label": stage.label, "pressed": narrow.stage == stage}
            for stage in Stage
        ),
    ]
    if sees_pool(request.user):
        options.insert(1, {"url": f"?pool=on{tail}", "label": _("未分配"), "pressed": narrow.pool})
    return options


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.LEAD_CREATE)
def lead_form(request: StaffRequest) -> HttpResponseBase:
    """Register somebody new; a known number is said at once and after saving (CUS-006)."""
    user = request.user
    form = LeadForm(request.POST or None, user=user)

    def render() -> HttpResponse:
        return page(
            request,
            "customers/lead.html",
            {"form": form, "known": _known(request, form["phone"].value(), form["name"].value())},
        )

    if request.method != "POST" or not form.is_valid():
        response = render()
        response.status_code = 422 if request.method == "POST" else 200
        return response
    given = form.cleaned_data
    return act(
        request, lambda: create_lead(**given, by=user, at=now(request)), form=form, render=render,
        to=lambda result: _after_lead(request, result),
    )  # fmt: skip


def _after_lead(request: StaffRequest, result: LeadResult) -> HttpResponseBase:
    messages.success(request, _("已登记%s。") % result.customer.name)
    for warning in result.warnings:
        messages.warning(request, str(warning.message))
    if allowed(request.user, CustomerPermission.ARCHIVE_VIEW, customer=result.customer):
        return redirect("customers:page", result.customer.pk)
    messages.info(request, _("按渠道归%s，由那里接着办。") % result.customer.node.label)
    return redirect("customers:list")


@require_GET
@needs(CustomerPermission.LEAD_CREATE)
def duplicates(request: StaffRequest) -> HttpResponse:
    """Who else has this number or name, while it is typed."""
    known = _known(request, request.GET.get("phone"), request.GET.get("name"))
    return page(request, "customers/duplicates.html", {"known": known})


def _known(request: StaffRequest, phone: str | None, name: str | None) -> list[dict[str, object]]:
    user, at = request.user, now(request)
    found = {one.pk: (one, _("同一个号码")) for one in queries.with_phone(user, phone or "")}
    for other in queries.possible_duplicates(user, name=name or ""):
        found.setdefault(other.pk, (other, _("同名")))
    return [{"view": view_of(one, at), "why": why, "node": one.node} for one, why in found.values()]


@require_GET
@needs(CustomerPermission.ARCHIVE_VIEW)
def pick(request: StaffRequest) -> HttpResponse:
    """Customers for a type-ahead field: `q` as in the search box."""
    user, at = request.user, now(request)
    found = queries.search(user, request.GET.get("q", ""), PICKED)
    options = [{"id": one.pk, "label": one.name, "hint": _hint(one, at)} for one in found]
    return page(request, "ui/picker_options.html", {"options": options})


def _hint(customer: Customer, at: object) -> str:
    parts = [customer.get_sex_display(), customer.archive_number or customer.get_stage_display(), customer.node.label]
    return " · ".join(str(part) for part in parts if part)


@require_GET
@everyone
def search(request: StaffRequest) -> HttpResponse:
    """The box at the top: every module's group that the person may see, each within its own scope."""
    user, text = request.user, request.GET.get("q", "").strip()
    access = access_of(user)
    groups = []
    for group in sorted(slots.search.values(), key=lambda entry: entry.order):
        if not text or not access.may(group.permission):
            continue
        hits = group.find(user, text, IN_BOX)
        if hits:
            groups.append(
                {
                    "title": group.label,
                    "items": [{"url": hit.url, "label": hit.title, "hint": hit.note} for hit in hits],
                }
            )
    return page(
        request,
        "customers/search.html",
        {"groups": groups, "q": text, "list_url": reverse("customers:list")},
        partial="found",
    )
