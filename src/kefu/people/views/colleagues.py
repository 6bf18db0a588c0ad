"""`/colleagues/`: the directory, for everybody who works here; each with photo, specialty and introduction."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.files.queries import attached
from kefu.foundation.ui.http import Keyset, page
from kefu.people.presentation import credential_status
from kefu.people.queries import colleagues, credentials_of

PHOTO = "people.photo"


@everyone
@require_GET
def colleague_list(request: StaffRequest) -> HttpResponse:
    """Colleagues by job number; `?q=` looks for a name, job number or pinyin."""
    text = request.GET.get("q", "").strip()[:60]
    labels = (_("工号"), _("姓名"), _("机构"), _("角色"), _("专长"))
    context = {
        "keyset": Keyset(colleagues(request.user, text), ("job_number",), cursor=request.GET.get("after", "")),
        "columns": [{"label": label} for label in labels],
        "q": text,
    }
    return page(request, "people/colleagues.html", context)


@everyone
@require_GET
def colleague(request: StaffRequest, user_id: int) -> HttpResponse:
    """What colleagues may know of one; to himself or herself also the certificates."""
    person = get_object_or_404(colleagues(request.user), pk=user_id)
    today, me = timezone.localdate(request.at), person.pk == request.user.pk
    shown = [
        one for one in attached(PHOTO, person.pk) if one.shown_in_browser and one.file.media_type != "application/pdf"
    ]
    context = {
        "person": person,
        "profile": getattr(person, "doctor", None) or getattr(person, "profile", None),
        "photo": shown[-1] if shown else None,
        "me": me,
        "may_arrange": not me
        and allowed(request.user, AdministrationPermission.STAND_IN_ARRANGE, node_id=person.node_id),
        "credentials": [(one, credential_status(one, today)) for one in credentials_of(person)] if me else (),
    }
    return page(request, "people/colleague.html", context)
