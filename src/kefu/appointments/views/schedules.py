"""The clinic schedule."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.choices import ExceptionKind
from kefu.appointments.forms.schedules import ExceptionForm, HoursForm
from kefu.appointments.models import ClinicSchedule, ScheduleException
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page


@needs(AppointmentPermission.SCHEDULE)
def schedule(request: StaffRequest) -> HttpResponseBase:
    """Clinic hours of the centre's doctors, leave and extra hours."""
    nodes = nodes_for(request.user, AppointmentPermission.SCHEDULE)
    choices = {"nodes": nodes, "doctors": doctors_of(nodes)}
    hours = HoursForm(
        request.POST if "weekday" in request.POST else None,
        initial={"valid_from": timezone.localdate(request.at)},
        **choices,
    )
    exception = ExceptionForm(request.POST if "kind" in request.POST else None, **choices)

    def show() -> HttpResponse:
        rows = (
            ClinicSchedule.objects.filter(node__in=nodes)
            .select_related("doctor", "node", "room")
            .order_by("doctor__job_number", "weekday", "opens")
        )
        off = ScheduleException.objects.filter(node__in=nodes, day__gte=timezone.localdate(request.at)).select_related(
            "doctor", "node"
        )
        return page(
            request,
            "appointments/schedule.html",
            {"rows": rows, "exceptions": off, "hours": hours, "exception": exception},
        )

    form = hours if "weekday" in request.POST else exception
    if request.method != "POST" or not form.is_valid():
        return show()
    data = form.cleaned_data
    if form is hours:
        return act(request, lambda: actions.add_hours(**data, by=request.user, at=request.at), success=_("出诊时间已加。"),
                   to=reverse("appointments:schedule"), form=form, render=show)  # fmt: skip
    data["kind"] = ExceptionKind(data["kind"])
    return act(request, lambda: actions.add_exception(**data, by=request.user, at=request.at), success=_("已登记。"),
               to=reverse("appointments:schedule"), form=form, render=show)  # fmt: skip


@require_POST
@needs(AppointmentPermission.SCHEDULE)
def hours_end(request: StaffRequest, pk: int) -> HttpResponseBase:
    """End clinic hours after today."""
    row = get_object_or_404(
        ClinicSchedule.objects.filter(node__in=nodes_for(request.user, AppointmentPermission.SCHEDULE)), pk=pk
    )
    last = max(timezone.localdate(request.at), row.valid_from)
    return act(request, lambda: actions.end_hours(hours=row, last_day=last, by=request.user, at=request.at),
               success=_("明天起不再出诊；已有的预约请改约。"), to=reverse("appointments:schedule"))  # fmt: skip


@require_POST
@needs(AppointmentPermission.SCHEDULE)
def exception_removal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take leave or extra hours back."""
    row = get_object_or_404(
        ScheduleException.objects.filter(node__in=nodes_for(request.user, AppointmentPermission.SCHEDULE)), pk=pk
    )
    return act(request, lambda: actions.remove_exception(exception=row, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("已撤回。"), to=reverse("appointments:schedule"))  # fmt: skip
