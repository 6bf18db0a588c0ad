"""What the statistics of bookings are asked for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import Channel, Grouping
from kefu.appointments.queries.statistics import Asked
from kefu.appointments.queries.types import all_choices
from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.organisation.models import Node, User

ALL = [("", _("全部"))]


class StatisticsForm(KefuForm):
    """A time from a first to a last day, and which bookings of it."""

    first = forms.DateField(label=_("自"), widget=DateInput())
    last = forms.DateField(label=_("至"), widget=DateInput())
    node = forms.ModelChoiceField(label=_("中心"), queryset=Node.objects.none(), required=False, empty_label=_("全部"))
    doctor = forms.ModelChoiceField(
        label=_("医生"), queryset=User.objects.none(), required=False, empty_label=_("全部")
    )
    type = forms.ChoiceField(label=_("事项"), required=False)
    channel = forms.ChoiceField(label=_("来源"), choices=ALL + Channel.choices, required=False)
    by = forms.ChoiceField(choices=Grouping.choices, required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, nodes: Any, doctors: Any, most_days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_days = most_days
        self.fields["type"].choices = [*ALL, *all_choices()]  # type: ignore[attr-defined]
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["doctor"].queryset = doctors  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("结束日期不能早于开始日期。"))
        elif first and last and (last - first).days >= self.most_days:
            self.add_error("last", _("一次最多看 %d 天。") % self.most_days)
        return data

    @property
    def asked(self) -> Asked:
        """What a valid form asks for."""
        data = self.cleaned_data
        last: date = data["last"]
        node, doctor = data["node"], data["doctor"]
        return Asked(
            data["first"], last + timedelta(days=1), node.pk if node else None, doctor.pk if doctor else None,
            data["type"], data["channel"],
        )  # fmt: skip

    @property
    def grouping(self) -> Grouping:
        """By what; day by day unless asked otherwise."""
        return Grouping(self.cleaned_data["by"] or Grouping.DAY)
