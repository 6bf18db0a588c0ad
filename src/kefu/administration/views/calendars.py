"""`/calendars/`: opening hours, holidays, make-up workdays, festivals."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.actions import calendars as actions
from kefu.administration.forms.settings import FestivalForm, HolidayForm, MakeupForm, WeekForm
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.rules import write_hours
from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, page
from kefu.foundation.worktime.choices import Weekday
from kefu.foundation.worktime.models import Calendar, Festival, Holiday, MakeupWorkday
from kefu.kernel.ids import parse_number

VIEW, EDIT = AdministrationPermission.CALENDAR_VIEW, AdministrationPermission.CALENDAR_EDIT


@needs(VIEW)
@require_GET
def calendar_list(request: StaffRequest) -> HttpResponse:
    """All calendars, and the days of a year that differ from the rest."""
    return page(request, "administration/calendars.html", _context(request, _year(request)))


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def calendar_detail(request: StaffRequest, code: str) -> HttpResponseBase:
    """The opening hours of one calendar."""
    calendar = get_object_or_404(Calendar, code=code)
    form = WeekForm(request.POST or None, calendar=calendar)
    context = {"calendar": calendar, "may_edit": allowed(request.user, EDIT)}
    return edit(
        request, form, "administration/calendar.html", context=context, success=_("上班时间已改，新的期限按它算。"),
        run=lambda: actions.set_week(
            calendar=calendar, week=[form.cleaned_data[f"day{day}"] for day in range(7)], by=request.user, at=request.at
        ),
        to=reverse("administration:calendars"),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def holidays(request: StaffRequest) -> HttpResponseBase:
    """Add a day off, or with `remove` take it away."""
    form = HolidayForm(request.POST, auto_id="holiday_%s")
    if request.POST.get("remove"):
        return _remove(request, form, actions.remove_holiday)
    return edit(
        request, form, "administration/calendars.html", context=_context(request, _year(request)) | {"holiday_form": form},
        success=_("节假日已记下。"), to=_back(form),
        run=lambda: actions.set_holiday(**form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def makeup_workdays(request: StaffRequest) -> HttpResponseBase:
    """Add a make-up workday, or with `remove` take it away."""
    form = MakeupForm(request.POST, auto_id="makeup_%s")
    if request.POST.get("remove"):
        return _remove(request, form, actions.remove_makeup_workday)
    return edit(
        request, form, "administration/calendars.html", context=_context(request, _year(request)) | {"makeup_form": form},
        success=_("调休上班日已记下。"), to=_back(form),
        run=lambda: actions.set_makeup_workday(**form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def festival(request: StaffRequest, code: str) -> HttpResponseBase:
    """Whether a festival calls for a follow-up, and when its greeting leaves."""
    row = get_object_or_404(Festival, code=code)
    initial = {"follow_up": row.follow_up, "lead_days": row.lead_days}
    form = FestivalForm(request.POST or None, initial=initial)
    context = {"title": row.label, "submit": _("保存"), "cancel_url": reverse("administration:calendars")}
    return edit(
        request, form, "administration/form.html", context=context, success=_("已保存。"),
        run=lambda: actions.set_festival(festival=row, **form.cleaned_data, by=request.user, at=request.at),
        to=reverse("administration:calendars"),
    )  # fmt: skip


def _context(request: StaffRequest, year: int) -> dict[str, object]:
    calendars = list(Calendar.objects.prefetch_related("hours"))
    return {
        "weekdays": [day.label for day in Weekday],
        "calendars": [
            (
                calendar,
                [
                    write_hours([(row.opens, row.closes) for row in calendar.hours.all() if row.weekday == day])
                    for day in range(7)
                ],
            )
            for calendar in calendars
        ],
        "year": year,
        "years": [
            {"url": f"?year={each}", "label": each, "pressed": each == year} for each in range(year - 1, year + 2)
        ],
        "holidays": Holiday.objects.filter(day__year=year),
        "makeup": MakeupWorkday.objects.filter(day__year=year),
        "festivals": Festival.objects.all(),
        "holiday_form": HolidayForm(auto_id="holiday_%s"),
        "makeup_form": MakeupForm(auto_id="makeup_%s"),
        "may_edit": allowed(request.user, EDIT),
    }


def _year(request: StaffRequest) -> int:
    asked = parse_number(request.GET.get("year")) or 0
    return asked if 2000 <= asked <= 2100 else timezone.localdate(request.at).year


def _back(form: KefuForm) -> str:
    day = form.cleaned_data.get("day") if form.is_valid() else None
    return reverse("administration:calendars") + (f"?year={day.year}" if day else "")


def _remove(request: StaffRequest, form: KefuForm, remove: object) -> HttpResponseBase:
    form.is_valid()
    day = form.cleaned_data.get("day")
    if day is None or not callable(remove):
        return page(request, "administration/calendars.html", _context(request, _year(request)), status=422)
    return act(
        request,
        lambda: remove(day=day, by=request.user, at=request.at),
        success=_("已去掉。"),
        to=reverse("administration:calendars") + f"?year={day.year}",
    )
