"""The form of a request for instruction (ORG-014, WFM-031)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Matter
from kefu.foundation.ui.forms import KefuForm


class InstructionForm(KefuForm):
    """What it is about, what happened, and what one proposes."""

    matter = forms.ChoiceField(label=_("事由"), choices=Matter.choices)
    text = forms.CharField(label=_("请示的情况"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    proposal = forms.CharField(label=_("我的处理意见"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
