"""Forms of grades, tracking, deals and the lead ladder."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import DealState, Demand, Importance, Rung
from kefu.customers.models import Source
from kefu.foundation.ui.forms import DateInput, KefuForm

ASK = [("", _("请选择"))]


class ClassesForm(KefuForm):
    """The three classes and the expected day. Need and day decide the grade."""

    demand = forms.ChoiceField(label=_("需求"), choices=[*ASK, *Demand.choices])
    expected_on = forms.DateField(
        label=_("预计成交日"), widget=DateInput(), required=False, help_text=_("现在就需要的必须填，等级按它算")
    )
    deal_state = forms.ChoiceField(label=_("成交状态"), choices=DealState.choices)
    importance = forms.ChoiceField(label=_("重要程度"), choices=Importance.choices)
    closable_amount = forms.DecimalField(
        label=_("可成交金额（元）"), max_digits=12, decimal_places=2, min_value=0, required=False
    )
    reason = forms.CharField(label=_("改变的原因"), max_length=200, required=False, help_text=_("等级变了必须写"))


class TrackingForm(ClassesForm):
    """A tracking entry: need and day are stated anew each time (CUS-016)."""

    note = forms.CharField(label=_("这次了解到什么"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ("note",)


class DealForm(KefuForm):
    """A signed contract and the channel the customer came by (CUS-030)."""

    contract_number = forms.CharField(label=_("合同号"), max_length=40)
    amount = forms.DecimalField(label=_("合同金额（元）"), max_digits=12, decimal_places=2)
    signed_on = forms.DateField(label=_("签订日"), widget=DateInput())
    source = forms.ModelChoiceField(label=_("获客渠道"), queryset=Source.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = Source.objects.filter(active=True)  # type: ignore[attr-defined]


class DealCheckForm(KefuForm):
    """What the audit of a contract found (CUS-030)."""

    contract_sound = forms.BooleanField(label=_("合同审核通过"), required=False)
    channel_true = forms.BooleanField(label=_("获客渠道属实"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("有一项不通过时写明哪里不对"))


class RungForm(KefuForm):
    """Where a lead stands on the ladder (CUS-035)."""

    rung = forms.TypedChoiceField(label=_("线索阶梯"), choices=Rung.choices, coerce=int)
    note = forms.CharField(
        label=_("说明"), max_length=200, required=False, widget=forms.TextInput(attrs={"placeholder": _("说明")})
    )
