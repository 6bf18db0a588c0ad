"""`/roles/`: the matrix, and the grants of a person."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.actions import role_parts as role_parts_actions
from kefu.administration.actions import roles as actions
from kefu.administration.forms.users import EndGrantForm, GrantForm, RolePartForm, UserForm
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries import roles as queries
from kefu.administration.views.editing import edit
from kefu.administration.views.users import detail_context, page_of, person
from kefu.administration.wording import module_label, pack_label
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, is_part, page
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Grant, Role

VIEW, EDIT = AdministrationPermission.ROLE_VIEW, AdministrationPermission.ROLE_EDIT


@needs(VIEW)
@require_GET
def role_matrix(request: StaffRequest) -> HttpResponse:
    """Roles of a pack against functions of a module."""
    modules, packs = queries.modules(), queries.packs()
    module, pack = request.GET.get("module", ""), request.GET.get("pack", "")
    module = module if module in modules or not modules else modules[0]
    pack = pack if pack in packs or not packs else packs[0]
    functions, rows = queries.matrix(module, pack)
    context = {
        "functions": functions,
        "rows": rows,
        "levels": Level.choices,
        "may_edit": allowed(request.user, EDIT),
        "module": module,
        "pack": pack,
        "modules": [(code, module_label(code)) for code in modules],
        "packs": [(code, pack_label(code)) for code in packs],
    }
    return page(request, "administration/roles.html", context)


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def role_cell(request: StaffRequest, role: str, function: str) -> HttpResponseBase:
    """One cell: GET with `?level=` asks and says how many people it changes, POST saves."""
    cell = queries.cell_of(get_object_or_404(Role, code=role), get_object_or_404(Function, code=function))
    wanted = _level(request.POST.get("level") or request.GET.get("level") or "")
    context = {"cell": cell, "levels": Level.choices, "may_edit": True}
    if request.method == "POST" and wanted is not None:
        return act(
            request,
            lambda: actions.set_cell(
                role=cell.role, function=cell.function, level=wanted, by=request.user, at=request.at
            ),
            success=_("已保存，马上生效。"),
            to=lambda _nothing: _saved(request, role, function),
        )
    if wanted is None or wanted == cell.level:
        return page(request, "administration/cell.html", context)
    context |= {"wanted": wanted, "holders": queries.holders_of(cell.role)}
    return page(request, "administration/cell_confirm.html", context)


@needs(VIEW)
@require_GET
def role_detail(request: StaffRequest, role: str) -> HttpResponse:
    """One role: what it comes to, who holds it, which roles it contains; `?part=` shows what another one would add."""
    shown = get_object_or_404(Role, code=role)
    form = RolePartForm(request.GET if "part" in request.GET else None, role=shown)
    part = form.cleaned_data["part"] if form.is_valid() else None
    context = {
        "role": shown,
        "rights": [(module_label(code), held) for code, held in queries.rights_by_module(shown).items()],
        "holders": queries.holders_of(shown),
        "parts": [each.part for each in shown.parts.select_related("part")],
        "wholes": [each.role for each in shown.wholes.select_related("role")],
        "form": form,
        "part": part,
        "gained": queries.gained(shown, part) if part else {},
        "may_edit": allowed(request.user, EDIT) and not shown.external,
    }
    return page(request, "administration/role.html", context)


@needs(EDIT)
@require_POST
def role_parts(request: StaffRequest, role: str) -> HttpResponseBase:
    """Let a role contain another."""
    whole = get_object_or_404(Role, code=role)
    part = get_object_or_404(Role, code=request.POST.get("part", ""))
    return act(
        request,
        lambda: role_parts_actions.include_role(role=whole, part=part, by=request.user, at=request.at),
        success=_("已加上，马上生效。"),
        to=reverse("administration:role", args=[whole.code]),
    )


@needs(EDIT)
@require_POST
def role_part_end(request: StaffRequest, role: str, part: str) -> HttpResponseBase:
    """Let a role not contain another any more."""
    whole, taken = get_object_or_404(Role, code=role), get_object_or_404(Role, code=part)
    return act(
        request,
        lambda: role_parts_actions.take_role_out(role=whole, part=taken, by=request.user, at=request.at),
        success=_("已拿掉，持有的人要重新登录。"),
        to=reverse("administration:role", args=[whole.code]),
    )


@needs(EDIT)
@require_POST
def user_grants(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Give somebody a role."""
    user = person(request, user_id)
    form = GrantForm(request.POST, auto_id="grant_%s")
    context = detail_context(request, user) | {"grant_form": form, "form": UserForm(user=user)}
    return edit(
        request, form, "administration/user.html", context=context, success=_("角色已给，马上生效。"), to=page_of(user),
        run=lambda: actions.grant_role(user=user, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def grant_end(request: StaffRequest, user_id: int, grant_id: int) -> HttpResponseBase:
    """Take a role back from a day on."""
    user = person(request, user_id)
    grant = get_object_or_404(Grant.objects.select_related("role"), pk=grant_id, user=user)
    form = EndGrantForm(request.POST)
    day = form.cleaned_data["on"] if form.is_valid() else None
    return act(
        request,
        lambda: actions.end_grant(grant=grant, on=day, by=request.user, at=request.at),
        success=_("角色到期日已改。"),
        to=page_of(user),
    )


def _saved(request: StaffRequest, role: str, function: str) -> HttpResponseBase | str:
    if not is_part(request):
        return reverse("administration:roles")
    cell = queries.cell_of(Role.objects.get(code=role), Function.objects.get(code=function))
    return page(request, "administration/cell.html", {"cell": cell, "levels": Level.choices, "may_edit": True})


def _level(text: str) -> Level | None:
    return Level(int(text)) if text in {str(level.value) for level in Level} else None
