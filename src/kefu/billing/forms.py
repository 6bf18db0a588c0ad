"""Forms of billing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import Method
from kefu.billing.models import Charge, Desk, Refund
from kefu.billing.queries import Account, Owing, Refundable
from kefu.foundation.ui.forms import KefuForm
from kefu.kernel.money import show, total


class CancelForm(KefuForm):
    """Why a charge is cancelled."""

    reason = forms.CharField(label=_("冲销原因"), max_length=200)


class VoidForm(KefuForm):
    """Why a payment is taken back."""

    reason = forms.CharField(label=_("作废原因"), max_length=200)


class MoneyField(forms.DecimalField):
    """Yuan with two decimals at most."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, **kwargs)


class PaymentForm(KefuForm):
    """What a customer pays: all that is owed unless something else is entered.

    What was ticked stays a choice when it was settled meanwhile, so that the action can say so, or know a form that is sent twice.
    """

    charges = forms.MultipleChoiceField(label=_("付哪几笔"), widget=forms.CheckboxSelectMultiple)
    amount = MoneyField(label=_("金额（元）"), min_value=Decimal("0.01"), help_text=_("可以只收一部分，先抵最早的一笔"))
    method = forms.ChoiceField(
        label=_("收款方式"), choices=Method.choices, widget=forms.RadioSelect, initial=Method.CASH
    )
    reference = forms.CharField(
        label=_("凭证号"),
        max_length=64,
        required=False,
        help_text=_("微信、支付宝的交易单号，或银行卡小票号；现金不填"),
    )
    given = MoneyField(label=_("实收现金（元）"), required=False, help_text=_("填了就算出找零；只有现金才填"))
    desk = forms.ModelChoiceField(label=_("收银台"), queryset=Desk.objects.none(), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, account: Account, desks: Sequence[Desk], desk: Desk | None, **kwargs: Any) -> None:
        first = {
            "charges": [line.charge.pk for line in account.open],
            "amount": account.owed,
            "key": str(uuid4()),
            "desk": desk,
        }
        super().__init__(*args, initial=first, **kwargs)
        ticked = set(self.data.getlist("charges")) if isinstance(self.data, QueryDict) else set()
        owing = [line for line in reversed(account.lines) if line.owed > 0 or str(line.charge.pk) in ticked]
        self.owing = {str(line.charge.pk): line.charge for line in owing}
        self.fields["charges"].choices = [(line.charge.pk, _told(line)) for line in owing]  # type: ignore[attr-defined]
        _offer(self, desks)

    def chosen(self) -> list[Charge]:
        """The charges that were ticked."""
        return [self.owing[pk] for pk in self.cleaned_data["charges"]]


def _told(line: Owing) -> str:
    words = {"number": line.charge.number, "item": line.charge.item, "owed": show(line.owed)}
    return gettext("%(number)s %(item)s，欠 %(owed)s") % words


class RefundForm(KefuForm):
    """What is to go back of a payment: all that is left of it unless something else is entered."""

    charges = forms.MultipleChoiceField(label=_("退哪几笔"), widget=forms.CheckboxSelectMultiple)
    amount = MoneyField(label=_("金额（元）"), min_value=Decimal("0.01"), help_text=_("可以只退一部分，先退最早的一笔"))
    reason = forms.CharField(label=_("退款原因"), max_length=200)

    def __init__(self, *args: Any, lines: Sequence[Refundable], **kwargs: Any) -> None:
        first = {"charges": [line.charge.pk for line in lines], "amount": total(line.left for line in lines)}
        super().__init__(*args, initial=first, **kwargs)
        self.lines = {str(line.charge.pk): line.charge for line in lines}
        self.fields["charges"].choices = [(line.charge.pk, _left(line)) for line in lines]  # type: ignore[attr-defined]

    def chosen(self) -> list[Charge]:
        """The charges that were ticked."""
        return [self.lines[pk] for pk in self.cleaned_data["charges"]]


class PayoutForm(KefuForm):
    """How an agreed refund goes back."""

    method = forms.ChoiceField(label=_("退款方式"), widget=forms.RadioSelect)
    reference = forms.CharField(
        label=_("凭证号"), max_length=64, required=False, help_text=_("原路退回的退款单号或小票号；退现金不填")
    )
    desk = forms.ModelChoiceField(label=_("收银台"), queryset=Desk.objects.none(), required=False)

    def __init__(self, *args: Any, refund: Refund, desks: Sequence[Desk], desk: Desk | None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"method": refund.methods[0], "desk": desk}, **kwargs)
        self.fields["method"].choices = [(one.value, one.label) for one in refund.methods]  # type: ignore[attr-defined]
        _offer(self, desks)


class DropRefundForm(KefuForm):
    """Why an agreed refund is given up."""

    dropped_why = forms.CharField(label=_("放弃原因"), max_length=200)


def _offer(form: forms.Form, desks: Sequence[Desk]) -> None:
    """The desks to choose from; a person with one has nothing to choose."""
    if len(desks) > 1:
        field: Any = form.fields["desk"]
        field.queryset = Desk.objects.filter(pk__in=[one.pk for one in desks]).select_related("node")
        field.label_from_instance = lambda one: one.label
    else:
        del form.fields["desk"]


def _left(line: Refundable) -> str:
    words = {"number": line.charge.number, "item": line.charge.item, "left": show(line.left)}
    return gettext("%(number)s %(item)s，可退 %(left)s") % words
