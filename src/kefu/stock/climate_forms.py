"""Forms of the climate."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.stock.choices import BreachCause


class ReadingForm(KefuForm):
    """What the thermometer shows now."""

    temperature = forms.DecimalField(label=_("温度（℃）"), min_value=-60, max_value=80, max_digits=5, decimal_places=2)
    humidity = forms.DecimalField(label=_("湿度（%）"), min_value=0, max_value=100, max_digits=5, decimal_places=2)


class CloseForm(KefuForm):
    """Why a breach is over and what was done."""

    cause = forms.ChoiceField(label=_("原因类别"), choices=BreachCause.choices)
    reason = forms.CharField(label=_("原因和措施"), max_length=200)
