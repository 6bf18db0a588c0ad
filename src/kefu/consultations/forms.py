"""Forms around an interview; the questions themselves come from the questionnaire."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.consultations.models import Consultation
from kefu.consultations.queries import takers
from kefu.consultations.trail import REASON
from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import User


class ReasonForm(KefuForm):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=REASON)


class HandoverForm(KefuForm):
    """To whom, and why."""

    doctor = forms.ModelChoiceField(label=_("交给哪位医生"), queryset=User.objects.none())
    reason = forms.CharField(label=_("原因"), max_length=REASON)

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doctor"].queryset = takers(consultation)  # type: ignore[attr-defined]
