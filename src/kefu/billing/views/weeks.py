"""Weekly reconciliation of prepaid packages: the weeks to do, the sheets, the count, the second person."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.billing.actions import confirm_week, drop_week, reconcile_week
from kefu.billing.models import PrepaidWeek
from kefu.billing.permissions import BillingPermission
from kefu.billing.prepaid_forms import WeekForm, WhyForm
from kefu.billing.queries.weeks import reconciled_by, used_in, weeks_listed, weeks_to_reconcile
from kefu.billing.rules import week_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.days import day_in
from kefu.foundation.ui.http import Keyset, act, page

VIEW, RECONCILE = BillingPermission.PREPAID_VIEW, BillingPermission.PREPAID_RECONCILE


@needs(VIEW)
@require_GET
def listing(request: StaffRequest) -> HttpResponse:
    """The weeks nobody reconciled, and the sheets, the newest first."""
    rows = weeks_listed(request.user, request.GET, request.at)
    context = {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "open_weeks": weeks_to_reconcile(request.user, request.at, running=True),
        "this_monday": week_of(timezone.localdate(request.at)),
        "show": request.GET.get("show", ""),
        "export_url": export_url(request, "billing.prepaid_weeks"),
    }
    return page(request, "billing/weeks.html", context, partial="rows")


@needs(RECONCILE)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest, node_id: int, monday: str) -> HttpResponseBase:
    """What a centre deducted in a week, and what was confirmed of it."""
    node, day = get_object_or_404(reconciled_by(request.user), pk=node_id), _monday(monday)
    used = used_in(node.pk, day)
    standing = PrepaidWeek.objects.standing().filter(node=node, monday=day).first()
    form = WeekForm(request.POST if request.method == "POST" else None, used=used)

    def drawn(status: int = 200) -> HttpResponse:
        context = {
            "node": node, "monday": day, "form": form, "used": used, "standing": standing,
            "running": day == week_of(timezone.localdate(request.at)),
        }  # fmt: skip
        return page(request, "billing/week_new.html", context, status=status)

    if request.method == "GET":
        return drawn()
    if not form.is_valid():
        return drawn(422)
    return act(
        request,
        lambda: reconcile_week(node=node, monday=day, found=form.confirmed(), by=request.user, at=request.at),
        success=lambda made: _("已对课 %(number)s") % {"number": made.number},
        to=lambda made: reverse("billing:week", args=[made.pk]),
        form=form,
        render=drawn,
    )


@needs(VIEW)
@require_GET
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A sheet: deducted and confirmed by package, differences and how they were settled."""
    return _page(request, _week(request, pk), WhyForm())


@needs(RECONCILE)
@require_POST
def confirmation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Confirm a colleague's differences, which settles them."""
    week = _week(request, pk)
    return act(
        request,
        lambda: confirm_week(week=week, by=request.user, at=request.at),
        success=_("已确认，差异已更正"),
        to=reverse("billing:week", args=[pk]),
    )


@needs(RECONCILE)
@require_POST
def dropping(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Drop a sheet, for a reason."""
    week, form = _week(request, pk), WhyForm(request.POST)
    if not form.is_valid():
        return _page(request, week, form, 422)
    return act(
        request,
        lambda: drop_week(week=week, reason=form.cleaned_data["reason"], by=request.user, at=request.at),
        success=_("已作废，请重新对课"),
        to=reverse("billing:week", args=[pk]),
        form=form,
        render=lambda: _page(request, week, form),
    )


def _monday(text: str) -> date:
    day = day_in(text)
    if day is None or day != week_of(day):
        raise Http404
    return day


def _week(request: StaffRequest, pk: int) -> PrepaidWeek:
    return get_object_or_404(weeks_listed(request.user, {}, request.at), pk=pk)


def _page(request: StaffRequest, week: PrepaidWeek, form: WhyForm, status: int = 200) -> HttpResponse:
    may = reconciled_by(request.user).filter(pk=week.node_id).exists()
    context = {
        "week": week,
        "form": form,
        "may_confirm": may and week.status == "waiting" and week.by_id != request.user.pk,
        "may_drop": may and week.status in ("waiting", "closed"),
    }
    return page(request, "billing/week.html", context, status=status)
