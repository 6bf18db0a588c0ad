"""Leave, extra hours, days on which a centre stays closed, and equipment."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.amendments import of_closing, of_leave, of_withdrawal
from kefu.appointments.choices import ExceptionKind
from kefu.appointments.forms.schedules import ClosingForm, EquipmentForm, ExtraForm, LeaveForm, WithdrawalForm
from kefu.appointments.models import Equipment, ScheduleException
from kefu.appointments.views.amending import KEEP, SCHEDULE, amend, asked, places, plain
from kefu.appointments.views.choosing import nodes_for
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act
from kefu.foundation.worktime.models import ClosedDay


@needs(KEEP)
def leave_new(request: StaffRequest) -> HttpResponseBase:
    """Leave on one day or many."""
    form = LeaveForm(request.POST or None, initial=asked(request), **places(request))
    return amend(
        request, form, title=_("登记请假"), submit=_("登记"), success=_("请假已登记。"), note=_("请假对医生在各中心的出诊都有效。"),
        plan=lambda data: of_leave(**data, by=request.user, at=request.at),
        run=lambda data, decisions: actions.take_leave(**data, decisions=decisions, by=request.user, at=request.at),
    )  # fmt: skip


@needs(KEEP)
def extra_new(request: StaffRequest) -> HttpResponseBase:
    """Extra hours."""
    form = ExtraForm(request.POST or None, initial=asked(request), **places(request))
    return plain(request, form, _("登记加诊"), _("登记"), _("加诊已登记。"),
                  lambda: actions.add_extra(**form.cleaned_data, by=request.user, at=request.at))  # fmt: skip


@needs(KEEP)
def exception_removal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take leave or extra hours back."""
    found = ScheduleException.objects.filter(node__in=nodes_for(request.user, KEEP)).select_related("doctor", "node")
    row = get_object_or_404(found, pk=pk)
    form = WithdrawalForm(request.POST or None)
    times = f" {row.opens:%H:%M}–{row.closes:%H:%M}" if row.opens and row.closes else ""
    return amend(
        request, form, title=_("撤回请假") if row.kind == ExceptionKind.LEAVE else _("撤回加诊"), submit=_("撤回"), success=_("已撤回。"),
        note=f"{row.doctor.name} · {row.day:%Y-%m-%d}{times} · {row.reason}", plan=lambda data: of_withdrawal(row, data["reason"], by=request.user),
        run=lambda data, decisions: actions.remove_exception(exception=row, **data, decisions=decisions, by=request.user, at=request.at),
    )  # fmt: skip


@needs(KEEP)
def closing_new(request: StaffRequest) -> HttpResponseBase:
    """Days on which one centre stays closed."""
    form = ClosingForm(request.POST or None, initial=asked(request), nodes=nodes_for(request.user, KEEP))
    return amend(
        request, form, title=_("中心停诊"), submit=_("停诊"), success=_("停诊已登记。"), note=_("只停这一个中心；承诺的期限也按它顺延。"),
        plan=lambda data: of_closing(**data, by=request.user, at=request.at),
        run=lambda data, decisions: actions.close_place(**data, decisions=decisions, by=request.user, at=request.at),
    )  # fmt: skip


@require_POST
@needs(KEEP)
def closing_removal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Let a centre work on a day after all."""
    row = get_object_or_404(
        ClosedDay.objects.filter(node__in=nodes_for(request.user, KEEP)).select_related("node"), pk=pk
    )
    return act(
        request,
        lambda: actions.reopen_place(closed=row, by=request.user, at=request.at),
        success=_("那天照常出诊。"),
        to=reverse(SCHEDULE),
    )


@needs(KEEP)
def equipment_new(request: StaffRequest) -> HttpResponseBase:
    """A piece of equipment."""
    form = EquipmentForm(request.POST or None, initial=asked(request), nodes=nodes_for(request.user, KEEP))
    return plain(request, form, _("加设备"), _("加上"), _("设备已加。"),
                  lambda: actions.add_equipment(**form.cleaned_data, by=request.user, at=request.at))  # fmt: skip


@require_POST
@needs(KEEP)
def equipment_retirement(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a piece of equipment out of use."""
    thing = get_object_or_404(Equipment.objects.filter(node__in=nodes_for(request.user, KEEP)), pk=pk)
    today = timezone.localdate(request.at)
    return act(request, lambda: actions.retire_equipment(equipment=thing, on=today, by=request.user, at=request.at),
               success=_("设备已停用。"), to=reverse(SCHEDULE))  # fmt: skip
