"""Forms of prepaid packages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions import Found
from kefu.billing.checking import MOST, NAME, PAPER
from kefu.billing.choices import Unit, Witness
from kefu.billing.forms import MoneyField
from kefu.billing.models import Prepaid
from kefu.billing.queries.weeks import Used
from kefu.foundation.ui.forms import KefuForm, PickerField
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User


class UnitsField(forms.IntegerField):
    """A number of units."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=kwargs.pop("min_value", 1), max_value=MOST, **kwargs)


class SellForm(KefuForm):
    """What is sold, for how much, until when."""

    item = forms.CharField(label=_("服务项目"), max_length=NAME, help_text=_("同一项目写得一样，续费时合在一起算剩余"))
    units = UnitsField(label=_("数量"))
    unit = forms.ChoiceField(label=_("单位"), choices=Unit.choices, initial=Unit.LESSON, widget=forms.RadioSelect)
    price = MoneyField(label=_("总价（元）"), min_value=Decimal(0), help_text=_("全部课时的价钱，退课按它平均算"))
    valid_until = forms.DateField(label=_("有效到"))
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": str(uuid4()), "unit": Unit.LESSON}, **kwargs)


class DeductForm(KefuForm):
    """What was used, when, and who served."""

    units = UnitsField(label=_("数量"))
    on = forms.DateField(label=_("日期"))
    item = forms.CharField(label=_("内容"), max_length=NAME)
    served_by = forms.ModelChoiceField(label=_("服务人员"), queryset=User.objects.none())
    signature = forms.CharField(
        label=_("客户签字单"), max_length=PAPER, required=False, help_text=_("客户签了字就写单号或存放处")
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, prepaid: Prepaid, user: User, today: date, **kwargs: Any) -> None:
        first = {"units": 1, "on": today, "item": prepaid.item, "key": str(uuid4()), "served_by": user}
        super().__init__(*args, initial=first, **kwargs)
        field: Any = self.fields["served_by"]
        places = {prepaid.customer.node_id, user.node_id}
        field.queryset = User.objects.filter(node__in=places, is_active=True, is_system=False).order_by("job_number")
        field.label_from_instance = lambda one: f"{one.name} {one.job_number}"


class FreezeForm(KefuForm):
    """From when to when, and why."""

    starts = forms.DateField(label=_("冻结从"))
    until = forms.DateField(label=_("冻结到"), help_text=_("这一天也算"))
    reason = forms.CharField(label=_("原因"), max_length=200)


class TransferForm(KefuForm):
    """To whom, how much, and the paper both signed."""

    to = PickerField(reverse_lazy("customers:pick"), label=_("转给哪位客户"))
    units = UnitsField(label=_("数量"))
    paper = forms.CharField(
        label=_("转课同意书"), max_length=PAPER, help_text=_("两位客户签字的同意书，写单号或存放处")
    )
    reason = forms.CharField(label=_("原因"), max_length=200)


class UnitsBackForm(KefuForm):
    """How many unused units go back, and why."""

    units = UnitsField(label=_("数量"))
    reason = forms.CharField(label=_("退课原因"), max_length=200)


class WhyForm(KefuForm):
    """Why an entry is taken back or a sheet dropped."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class OutcomeForm(KefuForm):
    """What came of it that little is left."""

    outcome = forms.CharField(label=_("处理结果"), max_length=200, help_text=_("例如：客户下月续费；不续了"))


class WeekForm(KefuForm):
    """What was confirmed of each package a centre deducted from in a week."""

    found = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, used: Sequence[Used], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.used = used
        for one in used:
            words = {"number": one.prepaid.number}
            self.fields[f"units_{one.prepaid.pk}"] = UnitsField(
                label=gettext("%(number)s 核对数量") % words, min_value=0, initial=one.units
            )
            self.fields[f"witness_{one.prepaid.pk}"] = forms.ChoiceField(
                label=gettext("%(number)s 谁确认的") % words, choices=Witness.choices
            )
            self.fields[f"note_{one.prepaid.pk}"] = forms.CharField(
                label=gettext("%(number)s 差异说明") % words, max_length=200, required=False
            )
        sent = self.data.getlist("package") if hasattr(self.data, "getlist") else []
        self.shown = {parse_number(pk) for pk in sent} if self.is_bound else {one.prepaid.pk for one in used}

    def rows(self) -> list[dict[str, Any]]:
        """Each package with its three fields."""
        names = ("units", "witness", "note")
        return [{"used": one} | {name: self[f"{name}_{one.prepaid.pk}"] for name in names} for one in self.used]

    def confirmed(self) -> dict[int, Found]:
        """What was confirmed, of the packages that stood on the page."""
        data = self.cleaned_data
        told = {
            one.prepaid.pk: Found(*(data[f"{name}_{one.prepaid.pk}"] for name in ("units", "witness", "note")))
            for one in self.used
        }
        return {pk: one for pk, one in told.items() if pk in self.shown}
