"""Somebody leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import Node, User
from kefu.people.choices import LeavingReason
from kefu.people.models import Departure

REASONS = [(code, label) for code, label in LeavingReason.choices if code != LeavingReason.UNSTATED]


class DepartureForm(KefuForm):
    """Why, and which day is the last."""

    reason = forms.ChoiceField(label=_("离职原因"), choices=[("", _("请选择")), *REASONS])
    last_day = forms.DateField(label=_("最后一天"), help_text=_("当天晚上关闭账号"))
    note = forms.CharField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, departure: Departure | None = None, **kwargs: Any) -> None:
        if departure is not None:
            kwargs["initial"] = {name: getattr(departure, name) for name in DepartureForm.base_fields}
        super().__init__(*args, **kwargs)


class NewDepartureForm(DepartureForm):
    """The same, with who it is."""

    user = forms.ModelChoiceField(label=_("哪位同事"), queryset=User.objects.none(), empty_label=_("请选择"))
    field_order = ("user",)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: f"{user.name} {user.job_number}"  # type: ignore[attr-defined]


class PeriodForm(KefuForm):
    """Of which days and which place the numbers are."""

    first = forms.DateField(label=_("从哪天"), required=False)
    last = forms.DateField(label=_("到哪天（含）"), required=False)
    node = forms.ModelChoiceField(
        label=_("机构"), queryset=Node.objects.filter(closed_on__isnull=True), required=False, empty_label=_("全部")
    )
