"""`/stand-ins/`: who acts for whom, and asking a colleague."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.administration.actions.stand_ins import end_stand_in, offer_stand_in
from kefu.administration.forms.stand_ins import StandInForm
from kefu.administration.queries.stand_ins import stand_ins_for, stand_ins_listed
from kefu.administration.views.editing import edit
from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import act
from kefu.kernel.ids import parse_number
from kefu.organisation.models import StandIn


@everyone
@require_http_methods(["GET", "POST"])
def stand_ins(request: StaffRequest) -> HttpResponseBase:
    """What runs or is to come, and a form to ask for more; `?absent=` names who is away."""
    absent = parse_number(request.GET.get("absent"))
    form = StandInForm(request.POST or None, by=request.user, absent=absent)
    context = {"rows": stand_ins_listed(request.user, request.GET, request.at), "me": request.user, "at": request.at}
    context["export_url"] = export_url(request, "administration.stand_ins")
    return edit(
        request, form, "administration/stand_ins.html", context=context, to=reverse("administration:stand_ins"),
        success=_told, run=lambda: _offer(request, form),
    )  # fmt: skip


@everyone
@require_POST
def stand_in_end(request: StaffRequest, stand_in_id: int) -> HttpResponseBase:
    """End one early."""
    stand_in = get_object_or_404(stand_ins_for(request.user, request.at), pk=stand_in_id)
    return act(
        request,
        lambda: end_stand_in(stand_in=stand_in, by=request.user, at=request.at),
        success=_("代班已结束。"),
        to=reverse("administration:stand_ins"),
    )


def _told(stand_in: StandIn) -> str:
    return _("代班已生效。") if stand_in.accepted_at else _("已请同事代班，等对方接受后生效。")


def _offer(request: StaffRequest, form: StandInForm) -> StandIn:
    starts_at, ends_at = form.moments(request.at)
    return offer_stand_in(
        absent=form.cleaned_data["absent"], substitute=form.cleaned_data["substitute"], starts_at=starts_at,
        ends_at=ends_at, reason=form.cleaned_data["reason"], by=request.user, at=request.at,
    )  # fmt: skip
