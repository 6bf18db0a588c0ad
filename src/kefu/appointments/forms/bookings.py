"""Forms of a booking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.appointments.cancel_reasons import OTHER, offered_reasons
from kefu.foundation.ui.forms import KefuForm


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
