"""What is asked once when one verb is for many contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.organisation.models import User


class NothingForm(KefuForm):
    """Nothing but the word to begin."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user


class ReasonForm(NothingForm):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class DayForm(ReasonForm):
    """Another day, and why."""

    day = forms.DateField(label=_("改到"), widget=DateInput())
    field_order = ("day", "reason")
