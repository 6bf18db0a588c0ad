"""Forms of referrals."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Moment, PromptState, ReferralStatus
from kefu.foundation.ui.forms import DateInput, KefuForm, PickerField
from kefu.organisation.models import Node


class ReferForm(KefuForm):
    """Whom a customer brought, and when."""

    referred = PickerField(reverse_lazy("customers:pick"), label=_("被介绍的人"), help_text=_("没有登记的先登记"))
    on = forms.DateField(label=_("日期"), widget=DateInput())


class StepForm(KefuForm):
    """How far a referred person has come."""

    status = forms.ChoiceField(label=_("进展"), choices=ReferralStatus.choices)
    result = forms.CharField(label=_("结果"), max_length=200, required=False, help_text=_("成交或没有成时必须写"))


class MomentForm(KefuForm):
    """Why this is a good moment to ask."""

    moment = forms.ChoiceField(label=_("时机"), choices=Moment.choices, initial=Moment.PRAISE)


class SettleForm(KefuForm):
    """What came of asking, when nobody was named."""

    state = forms.ChoiceField(
        label=_("问的结果"), choices=[(one.value, one.label) for one in (PromptState.DECLINED, PromptState.PASSED)]
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class PlanForm(KefuForm):
    """What referrers get."""

    name = forms.CharField(label=_("名称"), max_length=60)
    benefit = forms.CharField(label=_("给介绍人的好处"), max_length=200)
    earned_at = forms.ChoiceField(label=_("走到哪一步给"), choices=ReferralStatus.choices[:-1])
    node = forms.ModelChoiceField(label=_("机构"), queryset=Node.objects.none(), help_text=_("对它和下级机构有效"))
    valid_from = forms.DateField(label=_("自"), widget=DateInput())
    valid_to = forms.DateField(label=_("至"), widget=DateInput(), required=False)

    def __init__(self, *args: Any, nodes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
