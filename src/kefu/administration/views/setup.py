"""`/setup/`: from an empty installation to the first customer."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from kefu.administration.permissions import AdministrationPermission
from kefu.administration.setup import steps
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import page


@needs(AdministrationPermission.SETUP_VIEW)
@require_GET
def setup(request: StaffRequest) -> HttpResponse:
    """What is done, what comes next."""
    found = steps()
    done = sum(step.done for step in found)
    following = next((step for step in found if not step.done), None)
    context = {"steps": found, "done": done, "total": len(found), "following": following}
    return page(request, "administration/setup.html", context)
