"""Forms of the consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ConsentMethod
from kefu.customers.fields import Choice
from kefu.customers.models import Customer, FamilyLink
from kefu.foundation.ui.forms import KefuForm


class Guardian(Choice):
    """A guardian of the family, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.called} {obj.get_relation_display()}"


class ConsentForm(KefuForm):
    """How the customer said so, who signed, and the signed sheet."""

    method = forms.ChoiceField(label=_("办法"), choices=ConsentMethod.choices)
    guardian = Guardian(
        label=_("由监护人签署"), queryset=FamilyLink.objects.none(), required=False, help_text=_("客户未成年时选")
    )
    scan = forms.FileField(label=_("签字扫描件"), required=False, help_text=_("PDF 或图片，最多 20 MB；也可以以后补传"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guardians = customer.family.filter(active=True, guardian=True).select_related("relative")
        self.fields["guardian"].queryset = guardians  # type: ignore[attr-defined]


class ConsentTextForm(KefuForm):
    """What is asked, in both languages."""

    zh = forms.CharField(label=_("中文"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}))
    en = forms.CharField(label=_("英文"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
