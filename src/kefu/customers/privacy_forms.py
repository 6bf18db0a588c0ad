"""Forms of what customers ask about their data."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Asker, RequestKind
from kefu.foundation.ui.forms import KefuForm

LINES = forms.Textarea(attrs={"rows": 3})


class PrivacyForm(KefuForm):
    """What is asked, by whom, on which ground."""

    kind = forms.ChoiceField(
        label=_("要求"), choices=[(one.value, one.label) for one in RequestKind if one != RequestKind.LIFT]
    )
    asker = forms.ChoiceField(label=_("谁提出的"), choices=Asker.choices)
    ground = forms.CharField(label=_("理由"), max_length=500, widget=LINES)
    scan = forms.FileField(label=_("书面要求的扫描件"), required=False, help_text=_("PDF 或图片，最多 20 MB"))


class LiftForm(KefuForm):
    """Why data that rests is to be used again."""

    ground = forms.CharField(label=_("为什么恢复使用"), max_length=500, widget=LINES)


class ErasureForm(KefuForm):
    """The archive number, typed by the second person before everything of the customer goes."""

    typed = forms.CharField(label=_("键入档案号确认"), max_length=40)


class HoldForm(KefuForm):
    """Why the data must not be erased."""

    reason = forms.CharField(
        label=_("为什么要保留"), max_length=200, help_text=_("例如法院来函、主管部门调查、投诉未结")
    )
