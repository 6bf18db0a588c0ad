"""Forms of the waitlist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import Channel, PartOfDay
from kefu.appointments.queries.types import offered_choices
from kefu.foundation.ui.forms import DateInput, KefuForm, TimeInput
from kefu.organisation.models import Node, User


class WaitForm(KefuForm):
    """What a customer waits for; the parts of the day and the hour narrow it, where it was said."""

    type = forms.ChoiceField(label=_("事项"), choices=())
    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none())
    doctor = forms.ModelChoiceField(
        label=_("医生"), queryset=User.objects.none(), required=False, empty_label=_("不限医生")
    )
    first = forms.DateField(label=_("从哪天起"), widget=DateInput())
    last = forms.DateField(label=_("到哪天"), widget=DateInput())
    parts = forms.MultipleChoiceField(
        label=_("时段"), choices=PartOfDay.choices, required=False, widget=forms.CheckboxSelectMultiple(),
        help_text=_("不选就是都可以"),
    )  # fmt: skip
    hour = forms.TimeField(label=_("只要几点"), widget=TimeInput(), required=False, help_text=_("不填就是都可以"))
    channel = forms.ChoiceField(label=_("来源"), choices=Channel.choices, initial=Channel.PHONE)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, nodes: Any, doctors: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_wait_%s", **kwargs)
        self.fields["type"].choices = offered_choices(nodes)  # type: ignore[attr-defined]
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]


class PlaceForm(KefuForm):
    """Carries what is wrong with an answer to a time that was offered."""

    read_back = forms.BooleanField(label=_("已读给客户听"), required=False)
    reason = forms.CharField(label=_("原因"), required=False)
