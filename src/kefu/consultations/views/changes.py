"""What happens to an interview besides filling it in: correcting, handing over, dropping. Each asks for the reason."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefu.consultations import actions
from kefu.consultations.forms import HandoverForm, ReasonForm
from kefu.consultations.models import Consultation
from kefu.consultations.permissions import ConsultationPermission
from kefu.consultations.views.loading import address, find, reader
from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, now, page


@require_http_methods(["GET", "POST"])
@needs(ConsultationPermission.CONDUCT)
def correction(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Begin a correction of a saved interview."""
    found, form = find(request, pk), ReasonForm(request.POST or None)

    def correct() -> Consultation:
        reason = form.cleaned_data["reason"]
        return actions.correct(consultation=found, reason=reason, by=reader(request), at=now(request))

    return _asked(request, "consultations/correction.html", found, form, correct, to=address)


@require_http_methods(["GET", "POST"])
@needs(ConsultationPermission.CONDUCT)
def handover(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a draft to another doctor of the centre."""
    found = find(request, pk)
    form = HandoverForm(request.POST or None, consultation=found)

    def hand_over() -> Consultation:
        told = form.cleaned_data
        return actions.hand_over(
            consultation=found, doctor=told["doctor"], reason=told["reason"], by=reader(request), at=now(request)
        )

    return _asked(request, "consultations/handover.html", found, form, hand_over, success=_("已移交，对方会收到提醒"))


@require_http_methods(["GET", "POST"])
@needs(ConsultationPermission.CONDUCT)
def disposal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Drop a draft that should not have been begun."""
    found, form = find(request, pk), ReasonForm(request.POST or None)

    def discard() -> Consultation:
        reason = form.cleaned_data["reason"]
        return actions.discard(consultation=found, reason=reason, by=reader(request), at=now(request))

    return _asked(request, "consultations/disposal.html", found, form, discard, success=_("草稿已作废，原因已记录"))


def _to_list(_consultation: Consultation) -> str:
    return reverse("consultations:consultations")


def _asked(
    request: HttpRequest, template: str, found: Consultation, form: KefuForm, run: Callable[[], Consultation], *,
    to: Callable[[Consultation], str] = _to_list, success: str = "",
) -> HttpResponseBase:  # fmt: skip
    def ask() -> HttpResponse:
        context = {"consultation": found, "view": view_of(found.customer, now(request)), "form": form}
        return page(request, template, context)

    if request.method == "POST" and form.is_valid():
        return act(request, run, to=to, success=success, form=form, render=ask)
    response = ask()
    response.status_code = 422 if form.is_bound else 200
    return response
