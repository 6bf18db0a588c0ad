"""`/institutions/`: whom the house works with, and the agreements that rest on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import scope
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, page
from kefu.organisation.models import Node
from kefu.people import actions
from kefu.people.choices import BY_AGREEMENT, Part
from kefu.people.forms.institutions import (
    AgreementForm,
    ChangeForm,
    EndForm,
    NewInstitutionForm,
    PartForm,
    RegionForm,
)
from kefu.people.models import Institution
from kefu.people.permissions import PeoplePermission
from kefu.people.presentation import agreement_status
from kefu.people.queries import institutions_listed, latest_regions

VIEW, EDIT, SIGN = (
    PeoplePermission.INSTITUTION_VIEW,
    PeoplePermission.INSTITUTION_EDIT,
    PeoplePermission.INSTITUTION_SIGN,
)
CARRYING = frozenset({Part.COURIER, Part.CARRIER})


@needs(VIEW)
@require_GET
def institution_list(request: StaffRequest) -> HttpResponse:
    """Institutions by number; `?part=` chooses what they are, `?q=` looks for words, `?closed=1` shows the former ones."""
    part, text, closed = request.GET.get("part", ""), request.GET.get("q", "")[:60], bool(request.GET.get("closed"))
    part = part if part in Part.values else ""
    found = institutions_listed(request.user, request.GET, request.at)
    keyset = Keyset(found, ("code",), cursor=request.GET.get("after", ""))
    options = [{"url": "?", "label": _("全部"), "pressed": not part and not closed}]
    options += [{"url": f"?part={code}", "label": label, "pressed": code == part} for code, label in Part.choices]
    options += [{"url": "?closed=1", "label": _("已停用"), "pressed": closed}]
    labels = (_("编号"), _("名称"), _("角色"), _("负责人"), _("归口"))
    context = {
        "keyset": keyset, "options": options, "columns": [{"label": label} for label in labels], "q": text, "part": part,
        "may_add": allowed(request.user, EDIT), "export_url": export_url(request, "people.institutions"),
    }  # fmt: skip
    return page(request, "people/institutions.html", context)


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def institution_new(request: StaffRequest) -> HttpResponseBase:
    """Enter an institution into the register."""
    nodes = Node.objects.filter(scope(request.user, EDIT, node="id"), closed_on__isnull=True).order_by("code")
    form = NewInstitutionForm(request.POST or None, nodes=nodes)
    context = {
        "title": _("登记机构"),
        "note": _("地址、负责人、电话补全后才能登记协议。"),
        "submit": _("登记"),
        "cancel_url": reverse("people:institutions"),
    }
    return edit(
        request, form, "administration/form.html", context=context, success=_("已登记。"), to=_page_of,
        run=lambda: actions.add_institution(**_sorted_out(form.cleaned_data), by=request.user, at=request.at),
    )  # fmt: skip


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def institution_detail(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One institution: record, parts, agreements, regions, files."""
    institution = _institution(request, pk)
    form = ChangeForm(request.POST or None, institution=institution)

    def change() -> None:
        values = dict(form.cleaned_data)
        version = values.pop("version")
        actions.change_institution(institution=institution, changes=values, version=version, by=request.user, at=request.at)  # fmt: skip

    return edit(
        request, form, "people/institution.html", context=_context(request, institution), success=_("已保存。"),
        to=_page_of(institution), run=change,
    )  # fmt: skip


@needs(EDIT)
@require_POST
def parts(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Say what else it is to the house."""
    institution, form = _institution(request, pk), PartForm(request.POST, auto_id="part_%s")
    return _on_page(
        request, institution, form, "part_form", _("已登记。"),
        lambda: actions.give_part(institution=institution, part=form.cleaned_data["part"], by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def part_end(request: StaffRequest, pk: int, role_id: int) -> HttpResponseBase:
    """It no longer has that part."""
    institution = _institution(request, pk)
    role = get_object_or_404(institution.roles.select_related("institution"), pk=role_id)
    return _confirmed(
        request, institution, _("角色已结束。"),
        lambda reason: actions.end_part(role=role, reason=reason, by=request.user, at=request.at),
    )  # fmt: skip


@needs(SIGN)
@require_POST
def agreements(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Record a signed agreement."""
    institution, form = _institution(request, pk), AgreementForm(request.POST, auto_id="agreement_%s")
    return _on_page(
        request, institution, form, "agreement_form", _("协议已登记，请上传扫描件。"),
        lambda: actions.sign_agreement(institution=institution, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(SIGN)
@require_POST
def agreement_end(request: StaffRequest, pk: int, agreement_id: int) -> HttpResponseBase:
    """End an agreement before its time."""
    institution = _institution(request, pk)
    agreement, form = (
        get_object_or_404(institution.agreements, pk=agreement_id),
        EndForm(request.POST, auto_id="end_%s"),
    )
    return _on_page(
        request, institution, form, "end_form", _("协议已终止。"),
        lambda: actions.end_agreement(agreement=agreement, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def regions(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Judge how a region is served."""
    institution, form = _institution(request, pk), RegionForm(request.POST, auto_id="region_%s")
    return _on_page(
        request, institution, form, "region_form", _("已记下。"),
        lambda: actions.judge_region(institution=institution, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def closure(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Stop working together."""
    institution = _institution(request, pk)
    return _confirmed(
        request, institution, _("已停用。"),
        lambda reason: actions.close_institution(institution=institution, reason=reason, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def reopening(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Work together again."""
    institution = _institution(request, pk)
    return _confirmed(
        request, institution, _("已恢复。"),
        lambda reason: actions.reopen_institution(institution=institution, reason=reason, by=request.user, at=request.at),
    )  # fmt: skip


def _sorted_out(data: dict[str, Any]) -> dict[str, Any]:
    own = ("code", "node", "part")
    details = {name: value for name, value in data.items() if name not in own}
    return {name: data[name] for name in own} | {"details": details}


def _institution(request: StaffRequest, pk: int) -> Institution:
    return get_object_or_404(Institution.objects.visible_to(request.user).select_related("node"), pk=pk)


def _page_of(institution: Institution) -> str:
    return reverse("people:institution", args=[institution.pk])


def _context(request: StaffRequest, institution: Institution) -> dict[str, object]:
    roles = list(institution.roles.all())
    current = {role.part for role in roles if role.valid_to is None}
    today = timezone.localdate(request.at)
    signed = institution.agreements.select_related("signed_by")
    return {
        "institution": institution,
        "roles": roles,
        "agreements": [(one, agreement_status(one, today)) for one in signed],
        "regions": latest_regions(institution),
        "by_agreement": bool(current & BY_AGREEMENT),
        "carries": bool(current & CARRYING),
        "may_edit": allowed(request.user, EDIT, node_id=institution.node_id),
        "may_sign": allowed(request.user, SIGN, node_id=institution.node_id),
        **_forms(request.at),
    }


def _forms(at: datetime) -> dict[str, object]:
    today = timezone.localdate(at)
    return {
        "part_form": PartForm(auto_id="part_%s"),
        "agreement_form": AgreementForm(auto_id="agreement_%s", initial={"signed_on": today}),
        "end_form": EndForm(auto_id="end_%s", initial={"on": today}),
        "region_form": RegionForm(auto_id="region_%s"),
    }


def _confirmed(
    request: StaffRequest, institution: Institution, success: str, run: Callable[[str], object]
) -> HttpResponseBase:
    reason = request.POST.get("reason", "")
    return act(request, lambda: run(reason), success=success, to=_page_of(institution))


def _on_page(
    request: StaffRequest,
    institution: Institution,
    form: KefuForm,
    name: str,
    success: str,
    run: Callable[[], object],
) -> HttpResponseBase:
    """One of the small forms on an institution's page."""
    context = _context(request, institution) | {name: form, "form": ChangeForm(institution=institution)}

    def show() -> HttpResponse:
        return page(request, "people/institution.html", context, status=422)

    if not form.is_valid():
        return show()
    return act(request, run, success=success, to=_page_of(institution), form=form, render=show)
