"""`/limits/`: every number of the catalogue with its day of effect (NFR-003)."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kefu.administration.actions.limits import set_limit
from kefu.administration.forms.settings import LimitForm
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.limits import history, settings
from kefu.administration.rules import write_value
from kefu.administration.views.editing import edit
from kefu.administration.wording import area_label, unit_label, value_words
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.limits.registry import find
from kefu.foundation.ui.http import page


@needs(AdministrationPermission.LIMIT_VIEW)
@require_GET
def limit_list(request: StaffRequest) -> HttpResponse:
    """All numbers by area: today's value, the shipped one, what is to come."""
    groups = [
        (
            area_label(area),
            [(each, value_words(each.value), value_words(each.default), unit_label(each.unit)) for each in rows],
        )
        for area, rows in settings(request.at).items()
    ]
    return page(request, "administration/limits.html", {"groups": groups})


@needs(AdministrationPermission.LIMIT_VIEW)
@require_http_methods(["GET", "POST"])
def limit_detail(request: StaffRequest, code: str) -> HttpResponseBase:
    """One number: its history, and another value from a day on."""
    limit = find(code)
    if limit is None:
        raise Http404
    value = limit.on(request.at)
    initial = {"value": write_value(value), "valid_from": timezone.localdate(request.at)}
    form = LimitForm(request.POST or None, like=limit.default, initial=initial)
    context = {
        "limit": limit,
        "unit": unit_label(limit.unit),
        "value": value_words(write_value(value)),
        "default": value_words(write_value(limit.default)),
        "rows": [(row, value_words(write_value(row.value))) for row in history(code)],
        "may_edit": allowed(request.user, AdministrationPermission.LIMIT_EDIT),
        "today": timezone.localdate(request.at),
    }
    return edit(
        request, form, "administration/limit.html", context=context, success=_("已保存，到那天自动生效。"),
        run=lambda: set_limit(code=code, **form.cleaned_data, by=request.user, at=request.at),
        to=reverse("administration:limit", args=[code]),
    )  # fmt: skip
