"""Forms of the dispatch registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.choices import RunKind, SlipResult
from kefu.foundation.ui.forms import DateTimeInput, KefuForm
from kefu.sales.models import PurchaseLine
from kefu.stock.forms import LARGEST, REASON, ProductField
from kefu.stock.models import Stocktake


class RunForm(KefuForm):
    """What is known of a run."""

    kind = forms.ChoiceField(label=_("车辆"), choices=RunKind.choices)
    plate = forms.CharField(label=_("车牌"), max_length=20, required=False)
    company = forms.CharField(label=_("承运公司"), max_length=60, required=False)
    driver = forms.CharField(label=_("司机"), max_length=40, required=False)
    driver_phone = forms.CharField(label=_("司机电话"), max_length=20, required=False)
    departs_at = forms.DateTimeField(label=_("发车时间"), widget=DateTimeInput())
    arrives_at = forms.DateTimeField(label=_("预计到达"), required=False, widget=DateTimeInput())
    pickup_point = forms.CharField(
        label=_("取货地点"), max_length=60, required=False, help_text=_("大巴必填，会发给客户")
    )

    def clean_kind(self) -> RunKind:
        """The kind as the verbs take it."""
        return RunKind(self.cleaned_data["kind"])


class LoadForm(KefuForm):
    """Packs of an order."""

    order = forms.CharField(label=_("购买单号"), max_length=20)
    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)


class ShortForm(KefuForm):
    """What of the orders on a run did not go along."""

    purchase_line = forms.ModelChoiceField(PurchaseLine.objects.none(), label=_("哪张单的什么产品"), empty_label=None)
    packs = forms.IntegerField(label=_("差几件"), min_value=1, max_value=LARGEST)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purchase_line"].queryset = lines  # type: ignore[attr-defined]
        self.fields["purchase_line"].label_from_instance = lambda one: f"{one.purchase.number} {one.product.label}"  # type: ignore[attr-defined]


class SupplyForm(KefuForm):
    """How short packs were supplied."""

    packs = forms.IntegerField(label=_("补几件"), min_value=1, max_value=LARGEST)
    how = forms.CharField(label=_("怎么补的"), max_length=100)


class ReasonForm(KefuForm):
    """Why it ends here."""

    reason = forms.CharField(**REASON)


class BackForm(KefuForm):
    """Goods that wait with a carrier."""

    company = forms.CharField(label=_("承运公司"), max_length=60, required=False)
    plate = forms.CharField(label=_("大巴车牌"), max_length=20, required=False, help_text=_("和承运公司至少填一个"))
    waybill = forms.CharField(label=_("运单号"), max_length=60, required=False)
    pickup_address = forms.CharField(label=_("取货地址"), max_length=200)
    phone = forms.CharField(label=_("联系电话"), max_length=20)
    goods = forms.CharField(label=_("货物"), max_length=200)
    order = forms.CharField(
        label=_("购买单号"), max_length=20, required=False, help_text=_("是哪张购买单的货；不是客户订单就空着")
    )


class WishForm(KefuForm):
    """What the customer wishes."""

    order = forms.CharField(label=_("购买单号"), max_length=20)
    text = forms.CharField(label=_("客户的要求"), max_length=500, widget=forms.Textarea({"rows": 3}))
    wanted_on = forms.DateField(label=_("希望到货"), required=False)


class NoteForm(KefuForm):
    """What one side says."""

    text = forms.CharField(label=_("内容"), max_length=500, widget=forms.Textarea({"rows": 3}))


class CheckForm(KefuForm):
    """What the check of a slip found."""

    result = forms.ChoiceField(label=_("核对结果"), choices=SlipResult.choices)
    note = forms.CharField(label=_("哪里不符"), max_length=200, required=False)


class SettleForm(KefuForm):
    """How a difference was settled."""

    reason = forms.CharField(label=_("怎么处理的"), max_length=200)
    stocktake = forms.ModelChoiceField(Stocktake.objects.none(), label=_("盘点单"), required=False)

    def __init__(self, *args: Any, stocktakes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stocktake"].queryset = stocktakes  # type: ignore[attr-defined]


class ListingForm(KefuForm):
    """What the shop's listing is set to."""

    product = ProductField()
    packs = forms.IntegerField(label=_("上架数量"), min_value=0, max_value=LARGEST)
    reason = forms.CharField(**REASON)


def packs_in(data: Mapping[str, str]) -> dict[int, int]:
    """Packs posted as `packs-<id>`; what is no number counts as below zero, which the verb refuses."""
    given: dict[int, int] = {}
    for name, value in data.items():
        head, _dash, pk = name.rpartition("-")
        if head == "packs" and pk.isascii() and pk.isdecimal() and len(pk) < 19 and (text := value.strip()):
            given[int(pk)] = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
    return given
