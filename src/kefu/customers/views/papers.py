"""Identity papers on the customer page."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.customers import actions
from kefu.customers.forms import PaperForm
from kefu.customers.models import Customer, IdentityDocument
from kefu.customers.permissions import CustomerPermission
from kefu.customers.views.asked import customer_of
from kefu.customers.views.details import revealed
from kefu.customers.views.small import save
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def papers(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Enter a paper."""
    customer = customer_of(request, customer_id)
    return save(
        request, customer, PaperForm(request.POST), _("证件已登记。"),
        lambda given: actions.add_paper(customer=customer, **given, by=request.user, at=now(request)),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def retirement(request: StaffRequest, customer_id: int, paper_id: int) -> HttpResponseBase:
    """Stop using a paper."""
    customer = customer_of(request, customer_id)
    paper, reason = _paper(customer, paper_id), request.POST.get("reason", "")
    return act(request, lambda: actions.retire_paper(paper=paper, reason=reason, by=request.user, at=now(request)),
               success=_("已停用。"), to=reverse("customers:page", args=[customer.pk]))  # fmt: skip


@require_POST
@needs(CustomerPermission.CONTACT_REVEAL)
def reveal(request: StaffRequest, customer_id: int, paper_id: int) -> HttpResponse:
    """Show a number in full for some seconds; who, when and what for is written first (SEC-003)."""
    customer = customer_of(request, customer_id)
    paper = _paper(customer, paper_id)
    return revealed(
        request, paper.masked, paper.get_kind_display(), reverse("customers:paper_reveal", args=[customer.pk, paper.pk]),
        lambda purpose: actions.reveal_paper(paper=paper, purpose=purpose, by=request.user, at=now(request)),
    )  # fmt: skip


def _paper(customer: Customer, paper_id: int) -> IdentityDocument:
    return get_object_or_404(
        IdentityDocument.objects.select_related("customer"), pk=paper_id, customer=customer, active=True
    )
