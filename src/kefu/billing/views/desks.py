"""The desks of the chain, and opening one more."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.billing.actions import open_desk
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import places_with_desks
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import scope
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.organisation.models import Node


@needs(BillingPermission.DESK_OPEN)
@require_GET
def desks(request: StaffRequest) -> HttpResponse:
    """Every place with its number of desks; a place without one gets its first with the first payment."""
    return page(request, "billing/desks.html", {"places": places_with_desks(request.user)})


@needs(BillingPermission.DESK_OPEN)
@require_POST
def opening(request: StaffRequest, node_id: int) -> HttpResponseBase:
    """One more desk at a place."""
    node = get_object_or_404(
        Node.objects.filter(scope(request.user, BillingPermission.DESK_OPEN, node="pk")), pk=node_id
    )
    return act(
        request,
        lambda: open_desk(node=node, by=request.user, at=request.at),
        success=lambda desk: _("已设 %(desk)s") % {"desk": desk.label},
        to=reverse("billing:desks"),
    )
