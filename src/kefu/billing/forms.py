"""Forms of billing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm


class CancelForm(KefuForm):
    """Why a charge is cancelled."""

    reason = forms.CharField(label=_("冲销原因"), max_length=200)
