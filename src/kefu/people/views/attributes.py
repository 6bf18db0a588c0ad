"""`/staff/attributes/`: what rotas and appraisals need to know of colleagues, for many at once (ORG-015)."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, page
from kefu.kernel.ids import parse_number
from kefu.people import actions
from kefu.people.choices import Attribute, WorkStage
from kefu.people.forms.attributes import AttributesForm
from kefu.people.permissions import PeoplePermission
from kefu.people.queries import registered, staff_on
from kefu.people.queries.attributes import GROUPS, attributes_listed, history_of, value_label

VIEW, EDIT = PeoplePermission.REGISTER_VIEW, PeoplePermission.REGISTER_EDIT


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def attributes(request: StaffRequest) -> HttpResponseBase:
    """Colleagues with their attributes of today; those who are ticked get what the form says. `?show=` chooses a group, `?q=` a shift group."""
    today = timezone.localdate(request.at)
    form = AttributesForm(request.POST or None, initial={"valid_from": today})
    show = request.GET.get("show", "")
    show, shift_group = show if show in GROUPS else "", request.GET.get("q", "").strip()[:40]
    keyset = Keyset(
        attributes_listed(request.user, request.GET, request.at), ("job_number",), cursor=request.GET.get("after", "")
    )
    today_of = staff_on(keyset.rows, today)
    ticked = set(request.POST.getlist("people"))
    labels = {
        "": _("全部"), "trainee": WorkStage.TRAINEE.label, "probation": WorkStage.PROBATION.label, "reserve": Attribute.RESERVE.label,
        "part_time": Attribute.PART_TIME.label,
    }  # fmt: skip
    context = {
        "keyset": keyset, "rows": [(person, today_of[person.pk], str(person.pk) in ticked) for person in keyset.rows],
        "options": [{"url": f"?show={code}", "label": label, "pressed": code == show} for code, label in labels.items()],
        "may_edit": allowed(request.user, EDIT), "q": shift_group, "show": show, "export_url": export_url(request, "people.attributes"),
    }  # fmt: skip
    return edit(
        request, form, "people/attributes.html", context=context, to=request.get_full_path(), run=lambda: _set(request, form),
        success=lambda count: _("%(count)s 人有变动，已记下。") % {"count": count},
    )  # fmt: skip


@needs(VIEW)
@require_GET
def attribute_history(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """What was so of somebody, and from which day."""
    person = get_object_or_404(registered(request.user), pk=user_id)
    rows = [(row, value_label(row.attribute, row.value)) for row in history_of(person)]
    now = staff_on([person], timezone.localdate(request.at))[person.pk]
    return page(request, "people/attribute_history.html", {"person": person, "rows": rows, "now_on": now})


def _set(request: StaffRequest, form: AttributesForm) -> int:
    ids = [pk for one in request.POST.getlist("people") if (pk := parse_number(one)) is not None]
    people = list(registered(request.user).filter(pk__in=ids))
    return actions.set_attributes(
        people=people,
        changes=form.changes(),
        valid_from=form.cleaned_data["valid_from"],
        by=request.user,
        at=request.at,
    )
