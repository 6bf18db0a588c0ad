"""Accounts and grants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.administration.choices import IdentityCheck
from kefu.administration.queries.links import can_mail
from kefu.foundation.access.queries import containing
from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.choices import Sex
from kefu.organisation.models import Node, Role, User


class UserForm(KefuForm):
    """Who the account is for; the undertaking comes first."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    job_number = forms.CharField(label=_("工号"), max_length=20)
    username = forms.CharField(label=_("登录名"), max_length=60, help_text=_("小写字母和数字；也可以用工号登录"))
    node = forms.ModelChoiceField(label=_("所属机构"), queryset=Node.objects.none(), empty_label=_("请选择"))
    undertaking_signed_on = forms.DateField(
        label=_("保密协议签署日期"), required=False, help_text=_("没有签署的不能开通账号")
    )
    sex = forms.ChoiceField(label=_("性别"), choices=[("", _("未填")), *Sex.choices], required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(user, name) for name in self.base_fields} if user else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["node"].queryset = Node.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]


class NewUserForm(UserForm):
    """The same for a new account, with the way its first password comes about."""

    invite = forms.BooleanField(label=_("用邮件邀请，让他自己设密码"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_mail():
            del self.fields["invite"]


class GrantForm(KefuForm):
    """A role at a place for a time."""

    role = forms.ModelChoiceField(
        label=_("角色"), queryset=Role.objects.filter(external=False), empty_label=_("请选择")
    )
    node = forms.ModelChoiceField(
        label=_("在哪个机构（含下级）"), queryset=Node.objects.filter(closed_on__isnull=True), empty_label=_("请选择")
    )
    valid_from = forms.DateField(label=_("从哪天起"))
    valid_to = forms.DateField(label=_("到哪天前"), required=False, help_text=_("不填就一直有效"))


class RolePartForm(KefuForm):
    """Which role another shall contain."""

    part = forms.ModelChoiceField(
        label=_("再包含一个角色"), queryset=Role.objects.none(), to_field_name="code", empty_label=_("请选择")
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Role.objects.filter(external=False, pack__in={role.pack, "core"}).exclude(pk__in=containing([role.pk]))
        self.fields["part"].queryset = others.exclude(wholes__role=role)  # type: ignore[attr-defined]


class EndGrantForm(KefuForm):
    """From which day a role is taken back."""

    on = forms.DateField(label=_("从哪天起收回"))


class ProofForm(KefuForm):
    """Why somebody's account is opened by hand, and how the person's identity was checked."""

    reason = forms.CharField(label=_("原因"), max_length=200, required=False)
    checked = forms.ChoiceField(
        label=_("怎样核对的身份"), choices=[("", _("请选择")), *IdentityCheck.choices], required=False
    )
