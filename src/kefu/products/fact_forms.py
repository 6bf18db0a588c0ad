"""Forms of facts, barcodes and errors found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.products.choices import Fact, ReportState
from kefu.products.models import Product
from kefu.products.queries.scanning import shown


class BarcodeForm(KefuForm):
    """The numbers under the bars of a pack and of its outer case."""

    gtin = forms.CharField(
        label=_("单件条码"), max_length=20, required=False, help_text=_("扫一下包装，或输入条码下面的数字")
    )
    case_gtin = forms.CharField(label=_("外箱条码"), max_length=20, required=False)
    packs_per_case = forms.IntegerField(label=_("每箱件数"), min_value=2, max_value=10000, required=False)

    @classmethod
    def of(cls, product: Product) -> BarcodeForm:
        """The form filled with a product's numbers as they are."""
        initial: dict[str, Any] = {}
        for one in product.barcodes.all():
            initial |= (
                {"gtin": shown(one.gtin)} if one.packs == 1 else {"case_gtin": one.gtin, "packs_per_case": one.packs}
            )
        return cls(initial=initial, auto_id="barcode_%s")


class ReportForm(KefuForm):
    """What is wrong in a fact."""

    fact = forms.ChoiceField(label=_("哪项资料"), choices=Fact.choices)
    text = forms.CharField(label=_("哪里不对，应该是什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class SettleForm(KefuForm):
    """Corrected, with the new text, or answered why it is right."""

    state = forms.ChoiceField(
        label=_("怎么处理"),
        choices=[(one.value, one.label) for one in (ReportState.CORRECTED, ReportState.ANSWERED)],
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=_("更正后的内容"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("选已更正时写全，会替换产品现在的内容"),
    )  # fmt: skip
    answer = forms.CharField(label=_("答复"), max_length=300, help_text=_("报错的同事会看到"))

    def __init__(self, *args: Any, writable: bool, now: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if writable:
            self.fields["value"].initial = now
        else:
            del self.fields["value"]


class NeededFactsForm(KefuForm):
    """Which facts a category needs."""

    facts = forms.MultipleChoiceField(
        label=_("上架必填资料"), choices=Fact.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("勾上后，缺这项的产品马上不能开、不能卖，补齐才恢复"),
    )  # fmt: skip
