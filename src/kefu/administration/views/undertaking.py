"""What everybody undertakes who gets an account."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kefu.administration.choices import Prohibition
from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import page


@require_GET
@everyone
def undertaking(request: StaffRequest) -> HttpResponse:
    """The confidentiality undertaking with what it forbids, to be read and to be printed for signing (SEC-001, SEC-002)."""
    return page(request, "administration/undertaking.html", {"prohibitions": Prohibition})
