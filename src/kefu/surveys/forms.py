"""Forms of surveys."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.surveys.choices import SurveyChannel


class ChannelForm(KefuForm):
    """How the customer was asked."""

    channel = forms.ChoiceField(label=_("方式"), choices=SurveyChannel.choices)


class AnswerForm(KefuForm):
    """What the customer was told about an opinion."""

    answer = forms.CharField(label=_("怎么答复的"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
