"""`/staff/.../credentials/`: somebody's certificates, kept by those who keep the register."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act
from kefu.organisation.models import User
from kefu.people import actions
from kefu.people.forms.registers import CredentialForm
from kefu.people.models import Credential
from kefu.people.permissions import PeoplePermission
from kefu.people.presentation import credential_status
from kefu.people.queries import credentials_of, registered

VIEW, EDIT = PeoplePermission.REGISTER_VIEW, PeoplePermission.REGISTER_EDIT


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def credentials(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Somebody's certificates, and a form for another one."""
    person = get_object_or_404(registered(request.user), pk=user_id)
    form = CredentialForm(request.POST or None)
    today = timezone.localdate(request.at)
    context = {
        "person": person,
        "rows": [(one, credential_status(one, today)) for one in credentials_of(person)],
        "may_edit": allowed(request.user, EDIT, node_id=person.node_id),
    }
    return edit(
        request, form, "people/credentials.html", context=context, success=_("已登记，请上传扫描件，由同事核对。"),
        to=_page_of(person),
        run=lambda: actions.add_credential(user=person, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def credential_check(request: StaffRequest, user_id: int, credential_id: int) -> HttpResponseBase:
    """The original was seen."""
    credential = _credential(request, user_id, credential_id)
    return act(
        request,
        lambda: actions.check_credential(credential=credential, by=request.user, at=request.at),
        success=_("已核对。"),
        to=_page_of(credential.user),
    )


@needs(EDIT)
@require_POST
def credential_withdrawal(request: StaffRequest, user_id: int, credential_id: int) -> HttpResponseBase:
    """Take a certificate out of the register."""
    credential, reason = _credential(request, user_id, credential_id), request.POST.get("reason", "")
    return act(
        request,
        lambda: actions.withdraw_credential(credential=credential, reason=reason, by=request.user, at=request.at),
        success=_("证书已撤下。"),
        to=_page_of(credential.user),
    )


def _credential(request: StaffRequest, user_id: int, credential_id: int) -> Credential:
    person = get_object_or_404(registered(request.user), pk=user_id)
    return get_object_or_404(credentials_of(person).select_related("user"), pk=credential_id)


def _page_of(person: User) -> str:
    return reverse("people:credentials", args=[person.pk])
