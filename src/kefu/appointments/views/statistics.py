"""Statistics of bookings: figures by centre, time, doctor, item or source, with what each means (APT-010, RPT-001)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kefu.appointments.actions.statistics import export_statistics
from kefu.appointments.choices import Grouping
from kefu.appointments.figures import FIGURES, Figures
from kefu.appointments.forms.statistics import StatisticsForm
from kefu.appointments.limits import NOTICE_HOURS, STATISTICS_DAYS
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.statistics import PLACES, Statistics, statistics
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.customers.forms import ExportForm
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.permissions import ExchangePermission
from kefu.foundation.ui.charts import Bar, Row, Series, stacked
from kefu.foundation.ui.http import page, put_errors
from kefu.kernel.errors import Invalid

DRAWN = 62
"""More bars than this are no picture any more."""


@require_GET
@needs(AppointmentPermission.VIEW)
def figures(request: StaffRequest) -> HttpResponse:
    """The figures of a time as a chart and a table, why bookings were cancelled, and the definition of every number."""
    form = _form(request)
    if not form.is_valid():
        return page(request, "appointments/statistics.html", {"form": form}, status=422)
    found = statistics(request.user, form.asked, form.grouping)
    series = _series()
    context = {
        "form": form, "by": form.grouping, "options": _options(request, form.grouping), "columns": FIGURES,
        "rows": [(group.label, _shown(group.figures)) for group in found.groups], "total": _shown(found.total),
        "bars": _bars(found, series, form.grouping), "series": series, "has_slots": form.grouping in PLACES,
        "too_many": len(found.groups) > DRAWN, "reasons": found.reasons, "cancelled": found.total.cancelled,
        "notice": NOTICE_HOURS.on(request.at), "export": _export_url(request),
    }  # fmt: skip
    return page(request, "appointments/statistics.html", context)


@require_http_methods(["GET", "POST"])
@needs(ExchangePermission.LIST_EXPORT)
def export(request: StaffRequest) -> HttpResponse:
    """The figures as they are filtered, once their purpose is said."""
    form, wanted = ExportForm(request.POST or None), _form(request)
    if not wanted.is_valid():
        return page(request, "appointments/statistics.html", {"form": wanted}, status=422)
    context = {"form": form, "back": f"{reverse('appointments:statistics')}?{request.GET.urlencode()}"}
    if request.method != "POST" or not form.is_valid():
        return page(
            request, "appointments/statistics_export.html", context, status=422 if request.method == "POST" else 200
        )
    try:
        file = export_statistics(
            asked=wanted.asked, grouping=wanted.grouping, **form.cleaned_data, by=request.user, at=request.at
        )
    except Invalid as error:
        put_errors(form, error)
        return page(request, "appointments/statistics_export.html", context, status=422)
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, file.name))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _form(request: StaffRequest) -> StatisticsForm:
    """The filters of the address; this month unless a time is given."""
    nodes = nodes_for(request.user)
    asked = request.GET.copy()
    if asked.get("by") not in Grouping.values:
        asked.pop("by", None)
    first = timezone.localdate(request.at).replace(day=1)
    asked.setdefault("first", first.isoformat())
    asked.setdefault("last", _month_end(first).isoformat())
    return StatisticsForm(asked, nodes=nodes, doctors=doctors_of(nodes), most_days=STATISTICS_DAYS.on(request.at))


def _month_end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _options(request: StaffRequest, chosen: Grouping) -> list[dict[str, object]]:
    """The ways of putting together, each with the filters of the page."""
    options: list[dict[str, object]] = []
    for one in Grouping:
        kept = request.GET.copy()
        kept["by"] = one.value
        options.append({"url": f"?{kept.urlencode()}", "label": one.label, "pressed": one == chosen})
    return options


def _series() -> list[Series]:
    return [Series(_("到店"), "done"), Series(_("未结"), "move"), Series(_("未到"), "late"), Series(_("取消"), "quiet")]


def _bars(found: Statistics, series: list[Series], by: Grouping) -> list[Bar]:
    if len(found.groups) > DRAWN:
        return []
    rows = [
        (
            one.label,
            (one.figures.arrived, one.figures.open, one.figures.no_show, one.figures.cancelled),
            one.figures.slots,
        )
        for one in found.groups
    ]
    return stacked(cast(list[Row], rows), series)


def _shown(figures: Figures) -> list[tuple[object, bool]]:
    """The figures in the order of the columns, each with whether it is a rate."""
    return [(one.value(figures), one.rate) for one in FIGURES]


def _export_url(request: StaffRequest) -> str:
    if not access_of(request.user).may(ExchangePermission.LIST_EXPORT):
        return ""
    return f"{reverse('appointments:statistics_export')}?{request.GET.urlencode()}"
