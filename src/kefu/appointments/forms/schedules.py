"""Forms of the clinic schedule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import ExceptionKind
from kefu.foundation.ui.forms import DateInput, KefuForm, TimeInput
from kefu.foundation.worktime.choices import Weekday
from kefu.organisation.models import Node, Room, User


class HoursForm(KefuForm):
    """Clinic hours of a doctor."""

    doctor = forms.ModelChoiceField(label=_("医生"), queryset=User.objects.none())
    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())
    room = forms.ModelChoiceField(label=_("诊室"), queryset=Room.objects.all(), required=False)
    weekday = forms.TypedChoiceField(label=_("星期"), choices=Weekday.choices, coerce=int)
    opens = forms.TimeField(label=_("自"), widget=TimeInput())
    closes = forms.TimeField(label=_("至"), widget=TimeInput())
    slot_minutes = forms.IntegerField(label=_("每位分钟"), min_value=5, max_value=240, initial=30)
    valid_from = forms.DateField(label=_("生效"), widget=DateInput())

    def __init__(self, *args: Any, nodes: Any, doctors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]


class ExceptionForm(KefuForm):
    """Leave or extra hours on a day."""

    doctor = forms.ModelChoiceField(label=_("医生"), queryset=User.objects.none())
    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())
    day = forms.DateField(label=_("日期"), widget=DateInput())
    kind = forms.ChoiceField(label=_("种类"), choices=ExceptionKind.choices)
    opens = forms.TimeField(label=_("自"), widget=TimeInput(), required=False, help_text=_("请假不填就是全天"))
    closes = forms.TimeField(label=_("至"), widget=TimeInput(), required=False)
    reason = forms.CharField(label=_("原因"), max_length=200)
    accept_hits = forms.BooleanField(label=_("已知道会碰到的预约，稍后改约"), required=False)

    def __init__(self, *args: Any, nodes: Any, doctors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]
