"""`/users/`: accounts, their grants and passwords."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.actions import invitations, passwords, second_factor, sessions, users
from kefu.administration.forms.users import EndGrantForm, GrantForm, NewUserForm, ProofForm, UserForm
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.factors import has_factor
from kefu.administration.queries.links import can_mail
from kefu.administration.queries.sessions import open_sessions
from kefu.administration.queries.users import is_locked, users_for
from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import scope
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import Keyset, act, page
from kefu.organisation.models import Node, User

VIEW, EDIT = AdministrationPermission.USER_VIEW, AdministrationPermission.USER_EDIT
STATES = ("active", "closed", "locked")


@needs(VIEW)
@require_GET
def user_list(request: StaffRequest) -> HttpResponse:
    """People by job number; `?q=`, `?state=`."""
    state = request.GET.get("state", "active")
    state = state if state in STATES else "active"
    words = request.GET.get("q", "").strip()[:60]
    found = users_for(request.user, request.at, words=words, state=state)
    labels = {"active": _("在职"), "closed": _("已停用"), "locked": _("已锁定")}
    context = {
        "keyset": Keyset(found, ("job_number",), cursor=request.GET.get("after", "")),
        "words": words,
        "state": state,
        "options": [{"url": f"?state={code}", "label": labels[code], "pressed": code == state} for code in STATES],
        "columns": [
            {"label": label}
            for label in (_("工号"), _("姓名"), _("登录名"), _("机构"), _("角色"), _("保密协议"), _("状态"))
        ],
        "now": request.at,
    }
    return page(request, "administration/users.html", context)


@needs(EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def user_new(request: StaffRequest) -> HttpResponseBase:
    """Open an account; its temporary password is shown once, in the answer, unless the person is invited by mail."""
    form = NewUserForm(request.POST or None)
    context = {
        "title": _("新员工"),
        "note": _("先签保密协议，再开通账号。开通后给他一个角色，才看得到东西。"),
        "submit": _("开通账号"),
        "cancel_url": reverse("administration:users"),
    }

    def create() -> users.Opened:
        details = dict(form.cleaned_data)
        site = request.build_absolute_uri("/") if details.pop("invite", False) else ""
        return users.create_user(**details, invite_to=site, by=request.user, at=request.at)

    return edit(
        request, form, "administration/form.html", context=context, success=_("账号已开通。"), run=create,
        to=lambda opened: _password_page(request, opened.user, opened.password) if opened.password else page_of(opened.user),
    )  # fmt: skip


@needs(VIEW)
@require_http_methods(["GET", "POST"])
def user_detail(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """One account: its data, roles, lock and closing."""
    user = person(request, user_id)
    form = UserForm(request.POST or None, user=user)
    return edit(
        request, form, "administration/user.html", context=detail_context(request, user), success=_("已保存。"),
        run=lambda: users.change_user(user=user, changes=form.cleaned_data, by=request.user, at=request.at),
        to=page_of(user),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def user_closure(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Close an account, or with `open` let it work again."""
    user, reason = person(request, user_id), request.POST.get("reason", "")
    if request.POST.get("open"):
        return act(
            request,
            lambda: users.reactivate_user(user=user, reason=reason, by=request.user, at=request.at),
            success=_("账号已恢复。"),
            to=page_of(user),
        )
    return act(
        request,
        lambda: users.deactivate_user(user=user, reason=reason, by=request.user, at=request.at),
        success=_("账号已停用，正在用的页面马上退出。"),
        to=page_of(user),
    )


@needs(AdministrationPermission.PASSWORD_RESET)
@never_cache
@require_POST
def user_password(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Give a temporary password, shown once, after the person's identity was checked."""
    user = person(request, user_id)
    form = ProofForm(request.POST, auto_id="reset_%s")
    return edit(
        request, form, "administration/user.html", success="",
        context=detail_context(request, user) | {"reset_form": form, "form": UserForm(user=user)},
        run=lambda: passwords.reset_password(user=user, **form.cleaned_data, by=request.user, at=request.at),
        to=lambda password: _password_page(request, user, password),
    )  # fmt: skip


@needs(AdministrationPermission.PASSWORD_RESET)
@require_POST
def user_invitation(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Mail a link with which the person chooses a password."""
    user = person(request, user_id)
    return act(
        request,
        lambda: invitations.invite(user=user, site=request.build_absolute_uri("/"), by=request.user, at=request.at),
        success=_("邮件已发出，他打开链接就能设自己的密码。"),
        to=page_of(user),
    )


@needs(AdministrationPermission.PASSWORD_RESET)
@require_POST
def user_factor_removal(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Take the second factor away, after the person's identity was checked."""
    user = person(request, user_id)
    form = ProofForm(request.POST, auto_id="factor_%s")
    return edit(
        request, form, "administration/user.html", success=_("两步验证已去掉，他下次只凭密码登录。"), to=page_of(user),
        context=detail_context(request, user) | {"factor_form": form, "form": UserForm(user=user)},
        run=lambda: second_factor.remove_factor(user=user, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(EDIT)
@require_POST
def user_unlocking(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Open an account that too many wrong passwords have closed."""
    user = person(request, user_id)
    return act(
        request,
        lambda: passwords.unlock(user=user, by=request.user, at=request.at),
        success=_("已解锁，可以马上登录。"),
        to=page_of(user),
    )


@needs(EDIT)
@require_POST
def user_sessions_ending(request: StaffRequest, user_id: int) -> HttpResponseBase:
    """Log somebody out everywhere."""
    user = person(request, user_id)
    reason = request.POST.get("reason", "")
    return act(
        request,
        lambda: sessions.end_sessions_of(user=user, reason=reason, by=request.user, at=request.at),
        success=_("他在各处都已退出。"),
        to=page_of(user),
    )


def detail_context(request: StaffRequest, user: User) -> dict[str, object]:
    """What the page of an account shows besides its form."""
    today = timezone.localdate(request.at)
    top = Node.objects.filter(pk=user.node_id)
    return {
        "person": user,
        "locked": is_locked(user, request.at),
        "grants": user.grants.select_related("role", "node").order_by("valid_to", "role_id"),
        "sessions": open_sessions(user),
        "may_edit": allowed(request.user, EDIT),
        "may_grant": allowed(request.user, AdministrationPermission.ROLE_EDIT),
        "may_reset": allowed(request.user, AdministrationPermission.PASSWORD_RESET),
        "may_invite": bool(user.email) and can_mail(),
        "factor": has_factor(user),
        "reset_form": ProofForm(auto_id="reset_%s"),
        "factor_form": ProofForm(auto_id="factor_%s"),
        "grant_form": GrantForm(auto_id="grant_%s", initial={"valid_from": today, "node": top.first()}),
        "end_form": EndGrantForm(initial={"on": today}),
        "today": today,
    }


def person(request: StaffRequest, user_id: int) -> User:
    """An account within what the reader administers, or 404."""
    return get_object_or_404(_people(request), pk=user_id)


def page_of(user: User) -> str:
    """The address of an account."""
    return reverse("administration:user", args=[user.pk])


def _people(request: StaffRequest) -> QuerySet[User]:
    return User.objects.filter(scope(request.user, VIEW, node="node_id"), is_system=False).select_related("node")


def _password_page(request: StaffRequest, user: User, password: str) -> HttpResponse:
    return page(request, "administration/temporary_password.html", {"person": user, "password": password})
