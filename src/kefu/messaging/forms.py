"""Forms of messaging."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm, PickerField
from kefu.messaging.choices import Channel, ContactChannel, Direction, Language, Outcome, Purpose
from kefu.messaging.models import CODE_LENGTH, REACHING, Template
from kefu.messaging.registering import Registration


class ContactForm(KefuForm):
    """We talked, or tried to."""

    channel = forms.ChoiceField(label=_("方式"), choices=ContactChannel.choices)
    direction = forms.ChoiceField(label=_("谁联系谁"), choices=Direction.choices)
    purpose = forms.ChoiceField(label=_("事由"), choices=Purpose.choices)
    outcome = forms.ChoiceField(label=_("结果"), choices=Outcome.choices)
    note = forms.CharField(
        label=_("说了什么"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class TemplateForm(KefuForm):
    """The words of a template; a channel it does not use has no fields."""

    zh = forms.CharField(label=_("中文"), widget=forms.Textarea(attrs={"rows": 3}))
    en = forms.CharField(label=_("英文"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    email_subject = forms.CharField(label=_("邮件标题"), max_length=100, required=False)
    email_body = forms.CharField(label=_("邮件正文"), required=False, widget=forms.Textarea(attrs={"rows": 8}))
    wechat_first = forms.CharField(label=_("微信首句"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    wechat_remark = forms.CharField(label=_("微信备注"), max_length=200, required=False)

    def __init__(self, template: Template, *args: Any, **kwargs: Any) -> None:
        initial = {name: getattr(template, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
        for channel in (Channel.EMAIL, Channel.WECHAT):
            if channel not in template.channels:
                for name in [name for name in self.fields if name.startswith(f"{channel}_")]:
                    del self.fields[name]


class ChosenForm(KefuForm):
    """The customer whose message is looked at."""

    customer = PickerField(reverse_lazy("customers:pick"), label=_("客户"))


class RegistrationForm(KefuForm):
    """What a provider calls its copy of a template, and its variables."""

    code = forms.CharField(
        label=_("服务商的模板编号"), required=False, max_length=CODE_LENGTH, help_text=_("审核通过后服务商给的编号；清空就是取消登记"),
    )  # fmt: skip
    places = forms.CharField(
        label=_("变量"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("每行一个，按服务商的顺序写“变量名=我们的内容”；两边同名的写一个就行"),
    )  # fmt: skip

    def __init__(self, registration: Registration, all_places: Sequence[str], *args: Any, **kwargs: Any) -> None:
        found = registration.found
        written = registration.variables if found else all_places
        super().__init__(*args, initial={"code": found.id if found else "", "places": "\n".join(written)}, **kwargs)

    def clean_places(self) -> list[str]:
        """One variable a line."""
        return str(self.cleaned_data["places"]).splitlines()


class WishForm(KefuForm):
    """How a customer likes to be written to."""

    language = forms.ChoiceField(label=_("语言"), choices=Language.choices)
    channel = forms.ChoiceField(
        label=_("最好用"), choices=[("", _("没有特别的要求")), *REACHING], required=False,
        help_text=_("消息能走这条路时先走这条路；微信收不到的改走短信或邮件。"),
    )  # fmt: skip
    lunar_month = forms.IntegerField(label=_("农历生日的月"), required=False, min_value=1, max_value=12)
    lunar_day = forms.IntegerField(label=_("农历生日的日"), required=False, min_value=1, max_value=30)
    lunar_leap = forms.BooleanField(label=_("闰月"), required=False)
    no_greetings = forms.CharField(label=_("不要问候的原因"), max_length=200, required=False)
