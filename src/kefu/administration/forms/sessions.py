"""Coming in and changing one's password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm

PRESENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}


class LoginForm(KefuForm):
    """Who, and the password."""

    name = forms.CharField(
        label=_("登录名或工号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(label=_("密码"), strip=False, max_length=200, widget=forms.PasswordInput(attrs=PRESENT))


class SwitchForm(LoginForm):
    """The same on the lock screen, beside the form of the person whose screen it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="switch_%s", **kwargs)
        del self.fields["name"].widget.attrs["autofocus"]


class UnlockForm(KefuForm):
    """The password of the person whose screen this is."""

    password = forms.CharField(
        label=_("密码"), strip=False, max_length=200, widget=forms.PasswordInput(attrs=PRESENT | {"autofocus": True})
    )


class FirstPasswordForm(KefuForm):
    """A password of one's own, twice."""

    new = forms.CharField(
        label=_("新密码"), strip=False, max_length=200, help_text=_("至少 10 个字符，不要用姓名、工号或常见密码。"),
        widget=forms.PasswordInput(attrs=NEW),
    )  # fmt: skip
    again = forms.CharField(label=_("再输一遍"), strip=False, max_length=200, widget=forms.PasswordInput(attrs=NEW))

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("两次输入的不一样，请再输一遍。"))
        return cleaned


class ForgottenForm(KefuForm):
    """Whose password was forgotten."""

    name = forms.CharField(
        label=_("登录名或工号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class PasswordForm(FirstPasswordForm):
    """The present password and a new one."""

    old = forms.CharField(label=_("现在的密码"), strip=False, max_length=200, widget=forms.PasswordInput(attrs=PRESENT))
    field_order = ("old", "new", "again")


class CodeForm(KefuForm):
    """A code of the app, or on the way in one of the recovery codes."""

    code = forms.CharField(
        label=_("验证码"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )  # fmt: skip


class EntryCodeForm(CodeForm):
    """The same as the only field of a page: recovery codes have letters, so the whole keyboard is offered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "text", "autocapitalize": "none"}
