"""Who may be one person, two archives side by side, the merge, and taking it back."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers import actions, queries
from kefu.customers.comparing import compared, heads, picked
from kefu.customers.models import Customer, LikePair, Merge
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries.merges import pairs_listed
from kefu.customers.scopes import customer_scope
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.kernel.errors import Invalid, OutOfScope, Refused

FOUND = 20


@require_GET
@needs(CustomerPermission.MERGE)
def pairs(request: StaffRequest) -> HttpResponse:
    """Customers who may be one person, the strongest reason first."""
    at = now(request)
    keyset = Keyset(pairs_listed(request.user, request.GET, at), ("-why", "-id"), cursor=request.GET.get("after", ""))
    rows = [
        {"pair": pair, "why": pair.get_why_display(), "sides": [{"view": view_of(one, at), "one": one} for one in (pair.first, pair.second)]}
        for pair in keyset.rows
    ]  # fmt: skip
    context = {"keyset": keyset, "rows": rows, "export_url": export_url(request, "customers.pairs")}
    return page(request, "customers/pairs.html", context)


@require_POST
@needs(CustomerPermission.MERGE)
def pair_dismissal(request: StaffRequest, pair_id: int) -> HttpResponseBase:
    """The two are not one person; the pair is not proposed again."""
    found = LikePair.objects.visible_to(request.user).select_related("first", "second")
    pair = get_object_or_404(found, pk=pair_id)
    reason = request.POST.get("reason", "")
    return act(request, lambda: actions.dismiss_pair(pair=pair, reason=reason, by=request.user, at=now(request)),
               success=_("已记下，不再提示。"), to=reverse("customers:pairs"))  # fmt: skip


@require_GET
@needs(CustomerPermission.MERGE)
def other(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Look for the other archive of this person."""
    customer, user, at = customer_of(request, customer_id), request.user, now(request)
    text = request.GET.get("q", "").strip()
    found = queries.search(user, text, FOUND) if text else queries.alike(user, customer)
    rows = [{"view": view_of(one, at), "one": one} for one in found if one.pk != customer.pk]
    context = {"customer": customer, "view": view_of(customer, at), "q": text, "rows": rows}
    return page(request, "customers/other.html", context)


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.MERGE)
def merging(request: StaffRequest, customer_id: int, other_id: int) -> HttpResponseBase:
    """Both archives side by side, what would move and what stands in the way; then the merge, with its reason."""
    survivor, merged = _two(request, customer_id, other_id)
    if request.method != "POST":
        _tell_reading(request, survivor, merged)
        return _side_by_side(request, survivor, merged)
    picks = picked(survivor, merged, request.POST.dict())
    try:
        made = actions.merge_customers(
            survivor=survivor, merged=merged, reason=request.POST.get("reason", ""), choices=picks, version=_number(request, "version"),
            merged_version=_number(request, "merged_version"), by=request.user, at=now(request),
        )  # fmt: skip
    except (Invalid, Refused) as error:
        return _side_by_side(request, *_two(request, customer_id, other_id), picks=picks, error=error)
    return act(request, lambda: made, success=_("两份档案已合并。"), to=reverse("customers:merge", args=[made.pk]))


def _side_by_side(
    request: StaffRequest,
    survivor: Customer,
    merged: Customer,
    *,
    picks: dict[str, str] | None = None,
    error: Invalid | Refused | None = None,
) -> HttpResponse:
    at = now(request)
    sees, edits = (
        all(allowed(request.user, right, customer=one) for one in (survivor, merged))
        for right in (CustomerPermission.MEDICAL_VIEW, CustomerPermission.MEDICAL_EDIT)
    )
    context = {
        "survivor": survivor, "merged": merged, "mine": view_of(survivor, at), "theirs": view_of(merged, at), "heads": heads(survivor, merged),
        "rows": compared(survivor, merged, picks or {}, sees_medical=sees, edits_medical=edits, at=at), "hidden": not sees,
        "obstacles": queries.in_the_way(survivor.pk, merged.pk), "counts": queries.would_move(merged.pk),
        "error": str(error) if error else "", "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return page(request, "customers/merging.html", context, status=error.status if error else 200)


@require_GET
@needs(CustomerPermission.MERGE)
def merge_page(request: StaffRequest, merge_id: int) -> HttpResponse:
    """What a merge brought over, who did it and why, and the way to take it back."""
    merge = _merge(request, merge_id)
    at = now(request)
    context = {
        "merge": merge,
        "mine": view_of(merge.survivor, at),
        "theirs": view_of(merge.merged, at),
        "counts": queries.moved(merge),
    }
    return page(request, "customers/merge.html", context)


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.MERGE)
def undoing(request: StaffRequest, merge_id: int) -> HttpResponseBase:
    """What goes back, what stays, what stands in the way; then the undoing, with its reason."""
    merge, at = _merge(request, merge_id), now(request)
    home = reverse("customers:merge", args=[merge.pk])

    def render(error: str = "", status: int = 200) -> HttpResponse:
        context = {
            "merge": merge, "mine": view_of(merge.survivor, at), "theirs": view_of(merge.merged, at), "counts": queries.moved(merge), "home": home,
            "stays": queries.facts_since(merge), "obstacles": queries.hinders_undoing(merge), "error": error,
        }  # fmt: skip
        return page(request, "customers/undoing.html", context, status=status)

    if request.method != "POST":
        return render()
    reason = request.POST.get("reason", "")
    try:
        actions.undo_merge(merge=merge, reason=reason, by=request.user, at=at)
    except (Invalid, Refused) as error:
        return render(str(error), error.status)
    return act(request, lambda: merge, success=_("合并已撤销，两份档案各归各位。"), to=home)


def _merge(request: StaffRequest, merge_id: int) -> Merge:
    merge = queries.merge_seen(request.user, merge_id)
    if merge is None or not allowed(request.user, CustomerPermission.MERGE, customer=merge.merged):
        raise OutOfScope()
    return merge


def _two(request: StaffRequest, *ids: int) -> list[Customer]:
    """Both customers, if the person sees them and may merge there. Raises OutOfScope."""
    seen = Customer.objects.visible_to(request.user).filter(customer_scope(request.user, CustomerPermission.MERGE))
    found = seen.select_related("node", "doctor", "health_manager", "source").in_bulk(ids)
    if len(found) < len(ids):
        raise OutOfScope()
    return [found[pk] for pk in ids]


def _tell_reading(request: StaffRequest, *customers: Customer) -> None:
    for one in customers:
        record_read("customers.customer.read", by=request.user, at=now(request), customer_id=one.pk, node_id=one.node_id,
                    subject=Subject("customers.customer", one.pk))  # fmt: skip
        if allowed(request.user, CustomerPermission.MEDICAL_VIEW, customer=one):
            record_read("customers.medical.read", by=request.user, at=now(request), customer_id=one.pk, node_id=one.node_id,
                        subject=Subject("customers.customer", one.pk))  # fmt: skip


def _number(request: StaffRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
