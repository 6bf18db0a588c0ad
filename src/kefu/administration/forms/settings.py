"""Limits and calendars."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kefu.administration.rules import Value, read_hours, read_value, write_hours
from kefu.administration.wording import ANSWERS
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.worktime.choices import Weekday
from kefu.foundation.worktime.models import Calendar
from kefu.organisation.models import Node

WRONG = {
    bool: _("填 yes 或 no"),
    int: _("要填 0 以上的整数，例如 12"),
    list: _("要填整数，用逗号隔开，例如 60, 180"),
    str: _("这一项还没填"),
}


class LimitForm(KefuForm):
    """Another value from a day on."""

    value = forms.CharField(label=_("新的值"), max_length=200)
    valid_from = forms.DateField(label=_("从哪天起"))
    node = forms.ModelChoiceField(
        label=_("在哪里"), queryset=Node.objects.none(), required=False, empty_label=_("所有机构")
    )

    def __init__(self, *args: Any, like: Value, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.like = like
        if isinstance(like, bool):
            self.fields["value"] = forms.ChoiceField(label=_("新的值"), choices=list(ANSWERS.items()))
        self.fields["node"].queryset = Node.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]

    def clean_value(self) -> Value:
        try:
            return read_value(self.cleaned_data["value"], self.like)
        except ValueError as error:
            raise ValidationError(WRONG.get(type(self.like), _("要填 0 以上的数字，例如 12.50"))) from error


class HolidayForm(KefuForm):
    """A day off."""

    day = forms.DateField(label=_("日期"))
    name = forms.CharField(label=_("名称"), max_length=60)
    official = forms.BooleanField(label=_("已正式公布"), required=False, initial=True)


class MakeupForm(KefuForm):
    """A weekend day that is worked."""

    day = forms.DateField(label=_("日期"))
    works_as = forms.TypedChoiceField(label=_("按星期几上班"), choices=Weekday.choices, coerce=int)
    name = forms.CharField(label=_("名称"), max_length=60, required=False)


class WeekForm(KefuForm):
    """The hours of each weekday."""

    def __init__(self, *args: Any, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = list(calendar.hours.all())
        for day in Weekday:
            ranges = [(row.opens, row.closes) for row in held if row.weekday == day]
            self.fields[f"day{day.value}"] = forms.CharField(
                label=day.label, required=False, max_length=100, initial=write_hours(ranges)
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, text in list(cleaned.items()):
            try:
                cleaned[name] = read_hours(text)
            except ValueError:
                self.add_error(name, _("写成 08:30-12:00 13:30-17:30 这样；休息就空着"))
        return cleaned


class FestivalForm(KefuForm):
    """What a festival asks of us."""

    follow_up = forms.BooleanField(label=_("节前回访"), required=False)
    lead_days = forms.IntegerField(label=_("问候提前几天"), min_value=0, max_value=30)
