"""客户价值: what each tier brings and could bring, with its trend; the standard the tiers come from (CUS-018, CUS-040)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.actions.valuing import ask_valuing, export_values
from kefu.customers.choices import Tier
from kefu.customers.forms import ExportForm
from kefu.customers.limits import GROWTH_PERCENT, MAIN_PERCENT, MARGIN_PERCENT, ORDINARY_PERCENT, VIP_PERCENT
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.valuing import FIGURES, gross_margin, latest_run, runs, sees_whole_places, tier_rows, trend
from kefu.customers.valuing import registered_metrics
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page, put_errors
from kefu.kernel.errors import Invalid

COUNTED = "customers"
"""The one figure that is no money."""


@require_GET
@needs(CustomerPermission.GRADING_VIEW)
def values(request: StaffRequest) -> HttpResponse:
    """The tiers with what they bring and could bring, within one's scope; the trend of a figure over the runs."""
    user, at, access = request.user, now(request), access_of(request.user)
    figure = request.GET.get("figure", "")
    figure = figure if figure in FIGURES else "turnover"
    margin = gross_margin(at)
    whole = sees_whole_places(user)
    context = {
        "run": latest_run(), "rows": tier_rows(user, margin), "margin": margin, "figure": FIGURES[figure], "counted": figure == COUNTED,
        "tiers": Tier.labels, "whole": whole, "trend": trend(user, figure, margin) if whole else [], "growth": GROWTH_PERCENT.on(at),
        "figures": [{"url": f"?figure={code}#trend", "label": label, "pressed": code == figure} for code, label in FIGURES.items()],
        "may_list": access.may(CustomerPermission.ARCHIVE_VIEW), "may_export": access.may(CustomerPermission.LIST_EXPORT),
    }  # fmt: skip
    return page(request, "customers/values.html", context)


@require_GET
@needs(CustomerPermission.GRADING_VIEW, CustomerPermission.VALUE_RUN)
def standard(request: StaffRequest) -> HttpResponse:
    """By what customers are put into tiers now, and by what each run did it."""
    at = now(request)
    metrics = registered_metrics()
    limits = (VIP_PERCENT, MAIN_PERCENT, ORDINARY_PERCENT, GROWTH_PERCENT, MARGIN_PERCENT)
    context = {
        "weights": [(one.label, one.weight.on(at), one.weight.code) for one in metrics],
        "shares": [(one.label, one.on(at), one.code) for one in limits],
        "runs": [(run, [(one.label, run.standard["weights"].get(one.code)) for one in metrics]) for run in runs()],
        "may_run": access_of(request.user).may(CustomerPermission.VALUE_RUN),
        "may_grade": access_of(request.user).may(CustomerPermission.GRADING_VIEW),
    }
    return page(request, "customers/value_standard.html", context)


@require_POST
@needs(CustomerPermission.VALUE_RUN)
def valuing(request: StaffRequest) -> HttpResponseBase:
    """Value everybody now."""
    return act(request, lambda: ask_valuing(by=request.user, at=now(request)), success=_("已开始计算，几分钟后刷新这一页就能看到。"),
               to=reverse("customers:value_standard"))  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.LIST_EXPORT)
def export(request: StaffRequest) -> HttpResponse:
    """The figures as a spreadsheet, once its purpose is said."""
    form = ExportForm(request.POST or None)
    context = {"form": form, "back": reverse("customers:values")}
    if request.method != "POST" or not form.is_valid():
        return page(request, "customers/value_export.html", context, status=422 if request.method == "POST" else 200)
    try:
        file = export_values(**form.cleaned_data, by=request.user, at=now(request))
    except Invalid as error:
        put_errors(form, error)
        return page(request, "customers/value_export.html", context, status=422)
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, file.name))
    response.headers["Cache-Control"] = "private, no-store"
    return response
