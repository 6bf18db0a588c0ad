"""A booking and what can be done about it."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.clashes import BAR_WORDS
from kefu.appointments.forms.bookings import CancelForm
from kefu.appointments.models import Appointment, Cancellation
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import staff_bar
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page


@needs(AppointmentPermission.VIEW)
def appointment(request: StaffRequest, pk: int) -> HttpResponse:
    """One booking and what can be done about it."""
    return _page(request, _get(request, pk))


def _page(request: StaffRequest, shown: Appointment, **extra: object) -> HttpResponse:
    open_ = shown.status == AppointmentStatus.BOOKED
    bar = staff_bar(shown, request.at) if open_ else None
    context = {
        "appointment": shown,
        "changes": shown.changes.select_related("by", "doctor_before", "node_before"),
        "bar": bar,
        "bar_words": BAR_WORDS[bar] if bar else "",
        "may_book": allowed(request.user, AppointmentPermission.BOOK, node_id=shown.node_id),
        "may_change": allowed(request.user, AppointmentPermission.CHANGE, node_id=shown.node_id),
        "may_override": allowed(request.user, AppointmentPermission.OVERRIDE, node_id=shown.node_id),
        "cancel": CancelForm(),
        "cancelled": Cancellation.objects.filter(appointment=shown).first(),
        "is_today": timezone.localdate(shown.start) <= timezone.localdate(request.at),
    }
    return page(request, "appointments/appointment.html", context | extra)


@require_POST
@needs(AppointmentPermission.CHANGE)
def cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Cancel a booking."""
    shown = _get(request, pk)
    form = CancelForm(request.POST)

    def show() -> HttpResponse:
        return _page(request, shown, cancel=form)

    if not form.is_valid():
        return _page(request, shown, cancel=form)
    return act(request, lambda: actions.cancel(appointment=shown, **form.cleaned_data, by=request.user, at=request.at),
               success=_("预约已取消，时段已放出，医生和中心都已收到提醒。"), to=_url, form=form, render=show)  # fmt: skip


@require_POST
@needs(AppointmentPermission.OVERRIDE)
def reopening(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take back what was said of a visit."""
    shown, reason = _get(request, pk), request.POST.get("reason", "")
    return act(request, lambda: actions.reopen(appointment=shown, reason=reason, by=request.user, at=request.at),
               success=_("已撤回。"), to=_url)  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def status(request: StaffRequest, pk: int, code: str) -> HttpResponseBase:
    """Arrived, completed, or not shown up."""
    shown = _get(request, pk)
    back = f"{reverse('appointments:evening')}?node={shown.node_id}" if request.POST.get("from") == "evening" else _url
    return act(request, lambda: actions.set_status(appointment=shown, status=AppointmentStatus(code), by=request.user, at=request.at),
               success=_("已登记。"), to=back)  # fmt: skip


def _get(request: StaffRequest, pk: int) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).select_related("customer", "doctor", "node", "room")
    return get_object_or_404(rows, pk=pk)


def _url(shown: Appointment) -> str:
    return reverse("appointments:appointment", args=[shown.pk])
