"""Forms of a stocktake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.products.models import Category
from kefu.stock.forms import LARGEST, REASON, ProductField
from kefu.stock.models import Warehouse, Zone


class StocktakeForm(KefuForm):
    """What is to be counted."""

    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("库区"), required=False, empty_label=_("全部库区"))
    category = forms.ModelChoiceField(
        Category.objects.order_by("code"), label=_("分类"), required=False, empty_label=_("全部分类")
    )

    def __init__(self, *args: Any, warehouse: Warehouse, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].queryset = warehouse.own_zones  # type: ignore[attr-defined]


class FoundForm(KefuForm):
    """A lot that lies where the book has none of it."""

    product = ProductField()
    lot = forms.CharField(label=_("批号"), max_length=40)
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("库区"))
    packs = forms.IntegerField(label=_("实数"), min_value=1, max_value=LARGEST)

    def __init__(self, *args: Any, warehouse: Warehouse, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].queryset = warehouse.own_zones  # type: ignore[attr-defined]


class DropForm(KefuForm):
    """Why a stocktake is given up."""

    reason = forms.CharField(**REASON)


def counts_in(data: Mapping[str, str]) -> dict[int, int]:
    """The numbers of a posted count list by line; -1 for what is no number, which the action refuses."""
    given: dict[int, int] = {}
    for name, value in data.items():
        pk = name.removeprefix("line-")
        if pk != name and pk.isdecimal() and len(pk) < 19 and value.strip():
            text = value.strip()
            given[int(pk)] = int(text) if text.isdecimal() and len(text) < 9 else -1
    return given
