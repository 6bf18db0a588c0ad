"""`/ladders/`: which roles ask and decide, level by level (ORG-014)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.administration.actions.ladders import place_role, take_role_off
from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.approvals.models import Ladder
from kefu.foundation.ui.http import act, now, page
from kefu.organisation.models import Role

VIEW, EDIT = AdministrationPermission.ROLE_VIEW, AdministrationPermission.ROLE_EDIT


@require_GET
@needs(VIEW)
def ladder_list(request: StaffRequest) -> HttpResponse:
    """Every ladder with its levels, the lowest first."""
    ladders = []
    for ladder in Ladder.objects.prefetch_related("levels__role"):
        levels: dict[int, list[Role]] = {}
        for one in ladder.levels.all():
            levels.setdefault(one.position, []).append(one.role)
        ladders.append((ladder, sorted(levels.items())))
    context = {
        "ladders": ladders,
        "roles": Role.objects.filter(external=False),
        "may_edit": allowed(request.user, EDIT),
    }
    return page(request, "administration/ladders.html", context)


@require_POST
@needs(EDIT)
def ladder_role(request: StaffRequest, code: str) -> HttpResponseBase:
    """Put a role (`role`) at a level (`level`, counted from 1)."""
    ladder, role = _ladder(code), get_object_or_404(Role, code=request.POST.get("role", ""))
    level = request.POST.get("level", "")
    position = int(level) - 1 if level.isascii() and level.isdigit() and len(level) < 3 else 99
    return act(request, lambda: place_role(ladder=ladder, role=role, position=position, by=request.user, at=now(request)),
               success=_("已保存，以后的请示照这个走。"), to=reverse("administration:ladders"))  # fmt: skip


@require_POST
@needs(EDIT)
def ladder_role_off(request: StaffRequest, code: str, role: str) -> HttpResponseBase:
    """Take a role off a ladder."""
    ladder, found = _ladder(code), get_object_or_404(Role, code=role)
    return act(request, lambda: take_role_off(ladder=ladder, role=found, by=request.user, at=now(request)),
               success=_("已保存，以后的请示照这个走。"), to=reverse("administration:ladders"))  # fmt: skip


def _ladder(code: str) -> Ladder:
    return get_object_or_404(Ladder, code=code)
