"""Forms of a destruction."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import User
from kefu.stock.choices import DestructionMethod, DestructionState
from kefu.stock.forms import LARGEST, REASON
from kefu.stock.models import Stocktake, StocktakeLine

DECISIONS = (
    (DestructionState.APPROVED, _("批准销毁")),
    (DestructionState.REJECTED, _("不批准，放回库存")),
    (DestructionState.TO_MAKER, _("不批准，退回厂家")),
)


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A colleague, told with the job number."""

    def label_from_instance(self, obj: User) -> str:
        """Name and job number."""
        return f"{obj.name} {obj.job_number}"


class RequestForm(KefuForm):
    """How many packs, why, and how they look."""

    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)
    reason = forms.CharField(label=_("说明"), max_length=200)
    photo = forms.FileField(label=_("货物照片"), help_text=_("PDF 或图片，最多 20 MB"))


class VerifyForm(KefuForm):
    """How many there really are."""

    packs = forms.IntegerField(label=_("核实数量"), min_value=1, max_value=LARGEST)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)


class DecideForm(KefuForm):
    """What leadership says."""

    decision = forms.ChoiceField(label=_("审批"), choices=DECISIONS)
    reason = forms.CharField(label=_("批示"), max_length=200, required=False)


class DestroyForm(KefuForm):
    """How and where, and who stood by."""

    method = forms.ChoiceField(label=_("销毁方式"), choices=DestructionMethod.choices)
    place = forms.CharField(label=_("销毁地点"), max_length=100)
    witness = ColleagueField(User.objects.none(), label=_("在场见证人"))
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, witnesses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["witness"].queryset = witnesses  # type: ignore[attr-defined]


class NoteForm(KefuForm):
    """A remark on the last step."""

    note = forms.CharField(label=_("备注"), max_length=200, required=False)


class SendBackForm(KefuForm):
    """How goods went back to the maker."""

    note = forms.CharField(label=_("退货单号或承运人"), max_length=200)


class WithdrawForm(KefuForm):
    """Why a request is given up."""

    reason = forms.CharField(**REASON)


class LineField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A line of a count, told by its lot code."""

    def label_from_instance(self, obj: StocktakeLine) -> str:
        """Name, lot and zone."""
        balance = obj.balance
        return f"{balance.product.label} {balance.lot.code} {balance.zone.label}"


class BadForm(KefuForm):
    """Goods found damaged while counting."""

    line = LineField(StocktakeLine.objects.none(), label=_("批次"))
    packs = forms.IntegerField(label=_("坏货数量"), min_value=1, max_value=LARGEST)
    reason = forms.CharField(label=_("情况"), max_length=200)

    def __init__(self, *args: Any, stocktake: Stocktake, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        good = stocktake.lines.filter(balance__quality="good", balance__quantity__gt=0)
        named = good.select_related("balance__product", "balance__lot", "balance__zone")
        self.fields["line"].queryset = named.order_by("balance__product__code", "balance__lot__code", "pk")  # type: ignore[attr-defined]
