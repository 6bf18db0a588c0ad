"""Forms of follow-ups."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.messaging.choices import ContactChannel, Outcome


class ContactForm(KefuForm):
    """What came of contacting the customer."""

    outcome = forms.ChoiceField(label=_("结果"), choices=Outcome.choices)
    note = forms.CharField(
        label=_("客户怎么说"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False
    )
    channel = forms.ChoiceField(label=_("方式"), choices=ContactChannel.choices)
    again_on = forms.DateField(label=_("约好哪天再联系"), widget=DateInput(), required=False)


class DayForm(KefuForm):
    """Another day, and why."""

    day = forms.DateField(label=_("改到"), widget=DateInput())
    reason = forms.CharField(label=_("原因"), max_length=200)


class DueForm(KefuForm):
    """Up to which day."""

    due_to = forms.DateField(label=_("到期日"), widget=DateInput(), required=False)
