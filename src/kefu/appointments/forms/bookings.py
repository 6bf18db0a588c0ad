"""Forms of a booking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.cancel_reasons import OTHER, offered_reasons
from kefu.appointments.choices import AppointmentType, Channel
from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.organisation.models import Node, User

FORMATS = ["%Y-%m-%dT%H:%M:%S%z"]


class FindForm(KefuForm):
    """With whom, where and on which day."""

    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())
    doctor = forms.ModelChoiceField(label=_("医生"), queryset=User.objects.none())
    day = forms.DateField(label=_("日期"), widget=DateInput())

    def __init__(self, *args: Any, nodes: Any, doctors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]


class BookingForm(KefuForm):
    """A free slot and what the customer comes for; the key makes one booking of a form that is sent twice."""

    key = forms.CharField(widget=forms.HiddenInput(), max_length=64, required=False)

    start = forms.DateTimeField(widget=forms.HiddenInput(), input_formats=FORMATS)
    type = forms.ChoiceField(label=_("事项"), choices=AppointmentType.choices)
    channel = forms.ChoiceField(label=_("来源"), choices=Channel.choices)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)


class CancelForm(KefuForm):
    """Why a booking is cancelled."""

    code = forms.ChoiceField(label=_("取消原因"), required=False)
    reason = forms.CharField(label=_("客户怎么说"), max_length=200, required=False)
    override = forms.BooleanField(widget=forms.HiddenInput(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", ""), *((one.code, str(one)) for one in offered_reasons())]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"] or OTHER)


class MoveForm(KefuForm):
    """Another slot for a booking; doctor and centre only where they change too."""

    start = forms.DateTimeField(input_formats=FORMATS)
    doctor = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    node = forms.ModelChoiceField(queryset=Node.objects.none(), required=False)
    reason = forms.CharField(max_length=200, required=False)
    override = forms.BooleanField(required=False)

    def __init__(self, *args: Any, nodes: Any, doctors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]
