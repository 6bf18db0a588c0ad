"""Where customers come from, and to which district a channel brings them (ORG-013)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.customers.actions.sources import give_district
from kefu.customers.forms import NOT_CENTRES
from kefu.customers.models import Source
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.organisation.models import Node


@require_GET
@needs(CustomerPermission.SOURCE_EDIT)
def source_list(request: StaffRequest) -> HttpResponse:
    """Every source with its district."""
    places = Node.objects.filter(closed_on__isnull=True).exclude(kind__in=NOT_CENTRES)
    return page(request, "customers/sources.html", {"sources": Source.objects.filter(active=True), "places": places})


@require_POST
@needs(CustomerPermission.SOURCE_EDIT)
def source_district(request: StaffRequest, source_id: int) -> HttpResponseBase:
    """Say to which district those who come by it belong."""
    source, asked = get_object_or_404(Source, pk=source_id), request.POST.get("node", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    node = get_object_or_404(Node, pk=number) if number is not None else None
    return act(request, lambda: give_district(source=source, node=node, by=request.user, at=now(request)),
               success=_("渠道的归属机构已更新。"), to=reverse("customers:sources"))  # fmt: skip
