"""Asking a colleague to stand in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.queries.stand_ins import absent_people, colleagues
from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import User


class StandInForm(KefuForm):
    """For whom, by whom, today or from a day to a day."""

    absent = forms.ModelChoiceField(label=_("替谁"), queryset=User.objects.none(), empty_label=None)
    substitute = forms.ModelChoiceField(label=_("请谁代班"), queryset=User.objects.none(), empty_label=_("请选择"))
    period = forms.ChoiceField(
        label=_("多久"),
        choices=[("today", _("今天")), ("days", _("一段时间"))],
        widget=forms.RadioSelect,
        initial="today",
    )
    first_day = forms.DateField(label=_("从哪天"), required=False)
    last_day = forms.DateField(label=_("到哪天（含）"), required=False)
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, by: User, absent: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"absent": absent or by.pk, "period": "today"}, **kwargs)
        for name, people in (("absent", absent_people(by)), ("substitute", colleagues(by))):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = lambda user: f"{user.name} {user.job_number}"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("period") == "days":
            for name in ("first_day", "last_day"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("这一项还没填"))
            if not self.errors and cleaned["last_day"] < cleaned["first_day"]:
                self.add_error("last_day", _("不能早于开始的那天"))
        return cleaned

    def moments(self, at: datetime) -> tuple[datetime, datetime]:
        """From when until before when: now until midnight, or whole days."""
        if self.cleaned_data["period"] == "today":
            return at, _midnight(timezone.localdate(at) + timedelta(days=1))
        first, last = self.cleaned_data["first_day"], self.cleaned_data["last_day"]
        return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
