"""Forms of requests for a booking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import Channel
from kefu.appointments.queries.types import offered_choices
from kefu.foundation.ui.forms import DateTimeInput, KefuForm
from kefu.organisation.choices import Sex
from kefu.organisation.models import Node, User


class RequestForm(KefuForm):
    """What somebody asks for, entered by a colleague; who asks unless it is a customer already."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = forms.ChoiceField(label=_("性别"), choices=[("", _("请选择")), *Sex.choices])
    phone = forms.CharField(label=_("电话"), max_length=40)
    email = forms.EmailField(label=_("邮箱"), required=False)
    channel = forms.ChoiceField(label=_("来源"), choices=Channel.choices, initial=Channel.PHONE)
    type = forms.ChoiceField(label=_("事项"), choices=())
    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())
    doctor = forms.ModelChoiceField(
        label=_("医生"), queryset=User.objects.none(), required=False, empty_label=_("不限医生")
    )
    wished = forms.DateTimeField(label=_("想约的时间"), required=False, widget=DateTimeInput())
    wish = forms.CharField(label=_("客户的话"), max_length=200, required=False, help_text=_("例如：周六上午，要停车位"))

    def __init__(self, *args: Any, nodes: Any, doctors: Any, known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = offered_choices(nodes)  # type: ignore[attr-defined]
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]
        for name in ("name", "sex", "phone", "email") if known else ():
            del self.fields[name]


class AnswerForm(KefuForm):
    """Carries what is wrong with an answer to a request."""

    times = forms.CharField(label=_("时间"), required=False)
    read_back = forms.BooleanField(label=_("已读给客户听"), required=False)
    reason = forms.CharField(label=_("原因"), required=False)
