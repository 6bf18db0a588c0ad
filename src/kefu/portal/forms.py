"""Forms of the customers' own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import PartOfDay
from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.organisation.choices import Sex


class PhoneForm(KefuForm):
    """The number a code is sent to."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )


class CodeForm(KefuForm):
    """The code that came by text message."""

    code = forms.CharField(
        label=_("验证码"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9]*"}),
    )  # fmt: skip


class WishForm(KefuForm):
    """The last page: who asks unless known, words for the centre, and two ticks."""

    name = forms.CharField(label=_("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices, widget=forms.RadioSelect())
    email = forms.EmailField(label=_("邮箱"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    wish = forms.CharField(label=_("想告诉我们的话"), max_length=200, required=False)
    agreed = forms.BooleanField(label=_("我看过隐私说明，同意"), required=False)
    read_back = forms.BooleanField(label=_("以上事项和时间没有错"), required=False)

    def __init__(self, *args: Any, known: bool, agreed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "sex", "email") if known else ():
            del self.fields[name]
        if agreed:
            del self.fields["agreed"]


class WaitForm(KefuForm):
    """Which days somebody waits for, and when on the day."""

    first = forms.DateField(label=_("从哪天起"), widget=DateInput())
    last = forms.DateField(label=_("到哪天"), widget=DateInput())
    parts = forms.MultipleChoiceField(
        label=_("时段"), choices=PartOfDay.choices, required=False, widget=forms.CheckboxSelectMultiple(),
        help_text=_("不选就是都可以"),
    )  # fmt: skip
    note = forms.CharField(label=_("想告诉我们的话"), max_length=200, required=False)
    agreed = forms.BooleanField(label=_("我看过隐私说明，同意"), required=False)

    def __init__(self, *args: Any, agreed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if agreed:
            del self.fields["agreed"]
