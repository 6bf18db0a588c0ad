"""The types of visits: the list, a new one, changing, retiring and taking back (APT-015)."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.appointments import actions
from kefu.appointments.forms.types import NewTypeForm, TypeForm
from kefu.appointments.models import VisitType
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.views.choosing import HOLD_CLINIC
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.organisation.models import Node

LIST = "appointments:types"


@require_GET
@needs(AppointmentPermission.TYPES)
def types(request: StaffRequest) -> HttpResponse:
    """Every type, those in use first."""
    rows = VisitType.objects.select_related("node").order_by("-active", "position", "code")
    return page(request, "appointments/types.html", {"types": rows})


@require_http_methods(["GET", "POST"])
@needs(AppointmentPermission.TYPES)
def type_new(request: StaffRequest) -> HttpResponseBase:
    """Something new to book."""
    form = NewTypeForm(request.POST or None, nodes=_places())
    return _form(request, form, _("加预约事项"), _("加上"), _("事项已加，医生的出诊时间可以选它了。"),
                 lambda: actions.add_type(**form.cleaned_data, by=request.user, at=request.at))  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(AppointmentPermission.TYPES)
def type_change(request: StaffRequest, code: str) -> HttpResponseBase:
    """Another name, another place, online or not."""
    row = get_object_or_404(VisitType.objects.select_related("node"), code=code)
    initial = {name: getattr(row, name) for name in ("zh", "en", "node", "online", "position")}
    form = TypeForm(request.POST or None, nodes=_places(), initial=initial)
    return _form(request, form, _("改预约事项"), _("保存"), _("事项已改，从现在起用新的名称。"),
                 lambda: actions.change_type(type=row, **form.cleaned_data, by=request.user, at=request.at), row)  # fmt: skip


@require_POST
@needs(AppointmentPermission.TYPES)
def type_retirement(request: StaffRequest, code: str) -> HttpResponseBase:
    """Offer it no more."""
    row = get_object_or_404(VisitType, code=code)
    return act(request, lambda: actions.retire_type(type=row, by=request.user, at=request.at),
               success=_("事项已停用；已有的预约照旧。"), to=reverse(LIST))  # fmt: skip


@require_POST
@needs(AppointmentPermission.TYPES)
def type_return(request: StaffRequest, code: str) -> HttpResponseBase:
    """Offer it again."""
    row = get_object_or_404(VisitType, code=code)
    return act(request, lambda: actions.return_type(type=row, by=request.user, at=request.at),
               success=_("事项又可以约了。"), to=reverse(LIST))  # fmt: skip


def _form(
    request: StaffRequest, form: TypeForm, title: str, submit: str, success: str, run: Callable[[], object], row: VisitType | None = None,
) -> HttpResponseBase:  # fmt: skip
    context = {"form": form, "title": title, "submit": submit, "type": row}

    def show(status: int = 200) -> HttpResponse:
        return page(request, "appointments/type_form.html", context, status=status)

    if request.method != "POST" or not form.is_valid():
        return show(422 if request.method == "POST" else 200)
    return act(request, run, success=success, to=reverse(LIST), form=form, render=show)


def _places() -> QuerySet[Node]:
    return Node.objects.filter(closed_on__isnull=True, kind__in=HOLD_CLINIC).order_by("code")
