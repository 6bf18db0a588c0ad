"""`/staff/`: the registers of health managers, service staff and the consulting department (ORG-006)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, page
from kefu.organisation.models import User
from kefu.people import actions
from kefu.people.forms.registers import ProfileForm
from kefu.people.models import StaffProfile
from kefu.people.permissions import PeoplePermission
from kefu.people.presentation import credential_status
from kefu.people.queries import STAFF_ROLES, credentials_of, staff_for, staff_listed

VIEW, EDIT = PeoplePermission.REGISTER_VIEW, PeoplePermission.REGISTER_EDIT


@needs(VIEW)
@require_GET
def staff_list(request: StaffRequest) -> HttpResponse:
    """Health managers, advisers, consulting staff by job number; `?role=` chooses one group (ORG-006)."""
    role = request.GET.get("role", "")
    role = role if role in STAFF_ROLES else ""
    keyset = Keyset(
        staff_listed(request.user, request.GET, request.at), ("job_number",), cursor=request.GET.get("after", "")
    )
    options = [{"url": "?", "label": _("全部"), "pressed": not role}]
    options += [
        {"url": f"?role={code}", "label": label, "pressed": code == role} for code, label in STAFF_ROLES.items()
    ]
    labels = (_("工号"), _("姓名"), _("机构"), _("角色"), _("到岗"))
    context = {
        "keyset": keyset,
        "options": options,
        "columns": [{"label": label} for label in labels],
        "may_edit": allowed(request.user, EDIT),
        "export_url": export_url(request, "people.staff"),
    }
    return page(request, "people/staff.html", context)


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def staff_detail(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """One colleague: place, roles and profile."""
    person = get_object_or_404(staff_for(request.user), pk=user_id)
    form = ProfileForm(request.POST or None, profile=StaffProfile.objects.filter(user=person).first())
    return edit(
        request, form, "people/person.html", success=_("已保存。"), to=reverse("people:person", args=[person.pk]),
        context=_context(request, person),
        run=lambda: actions.write_profile(user=person, changes=form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


def _context(request: StaffRequest, person: User) -> dict[str, object]:
    today = timezone.localdate(request.at)
    return {
        "person": person,
        "may_edit": allowed(request.user, EDIT, node_id=person.node_id),
        "credentials": [(one, credential_status(one, today)) for one in credentials_of(person)],
    }
