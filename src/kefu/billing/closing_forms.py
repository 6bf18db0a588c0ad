"""Forms of the day close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.closing import MOST, Counted
from kefu.billing.choices import NOTES, Method
from kefu.billing.forms import MoneyField
from kefu.foundation.ui.forms import KefuForm
from kefu.kernel.money import ZERO

OTHERS = tuple(method for method in Method if method != Method.CASH)


class CloseForm(KefuForm):
    """What was counted for a day: notes and coins by value, and the slips of each other way of paying.

    The day stays with the form, so that what was counted for one never closes another when a colleague was faster.
    """

    day = forms.DateField(label=_("营业日"), required=False, widget=forms.HiddenInput)
    cash = forms.Field(label=_("现金"), required=False, widget=forms.HiddenInput)
    others = forms.Field(label=_("非现金"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, day: date, first_time: bool, waiting: bool, **kwargs: Any) -> None:
        super().__init__(*args, initial={"day": day}, **kwargs)
        if first_time:
            self.fields["opening"] = MoneyField(
                label=_("开台备用金（元）"), min_value=ZERO, help_text=_("第一次日结才填；以后用上次留下的")
            )
        for value in NOTES:
            self.fields[_note(value)] = forms.IntegerField(
                label=note_label(value), required=False, min_value=0, max_value=MOST
            )
        for method in OTHERS:
            label = {"method": method.label}
            self.fields[f"amount_{method.value}"] = MoneyField(
                label=gettext("%(method)s合计（元）") % label, required=False, help_text=_("按商户平台或小票，退款减掉")
            )
            self.fields[f"slips_{method.value}"] = forms.IntegerField(
                label=gettext("%(method)s凭证张数") % label, required=False, min_value=0, max_value=MOST
            )
        self.fields["left"] = MoneyField(
            label=_("留下的备用金（元）"), min_value=ZERO, help_text=_("其余的现金取走存银行")
        )
        self.fields["reason"] = forms.CharField(
            label=_("差额原因"), max_length=200, required=False, help_text=_("账和实数一样就不用填")
        )
        if waiting:
            self.fields["carry"] = forms.BooleanField(label=_("没来取的退款转到下一天"), required=False)

    def counted(self) -> Counted:
        """What was counted; what was left empty is none."""
        data = self.cleaned_data
        cash = {value: data[_note(value)] or 0 for value in NOTES}
        others = {
            method.value: (data[f"amount_{method.value}"] or ZERO, data[f"slips_{method.value}"] or 0)
            for method in OTHERS
        }
        return Counted(cash=cash, others=others, left=data["left"], opening=data.get("opening"))


class ReopenForm(KefuForm):
    """Why a closed day is opened again."""

    reopened_why = forms.CharField(label=_("重开原因"), max_length=200)


def note_label(value: Decimal) -> str:
    """A note or coin by its name: 100 元, 5 角."""
    if value < 1:
        return gettext("%(value)s 角（枚）") % {"value": int(value * 10)}
    return gettext("%(value)s 元（张）") % {"value": int(value)}


def _note(value: Decimal) -> str:
    return f"note_{int(value * 10)}"


def fields_of(form: CloseForm, prefixes: Sequence[str]) -> list[Any]:
    """The bound fields whose names begin so, in their order."""
    return [form[name] for name in form.fields if name.startswith(tuple(prefixes))]
