"""Forms of purchases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.products.models import Product
from kefu.sales.actions import Back, Line, Prescribed
from kefu.sales.choices import DeliveryMode, Packing
from kefu.sales.models import PurchaseLine
from kefu.stock.models import IssueLine


class PrescriptionForm(KefuForm):
    """The products a doctor may advise, each with an intake per day; an empty intake is not advised."""

    def __init__(self, *args: Any, products: Iterable[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = list(products)
        for product in self.products:
            self.fields[f"intake_{product.pk}"] = forms.IntegerField(
                label=product.label, required=False, min_value=1, max_value=200,
                help_text=_("%(specification)s · 每日用量，常用 %(usual)s") % {
                    "specification": product.specification, "usual": product.daily_intake or "–"},
            )  # fmt: skip

    def prescribed(self) -> list[Prescribed]:
        """What was filled in."""
        data = self.cleaned_data
        return [
            Prescribed(product, intake) for product in self.products if (intake := data.get(f"intake_{product.pk}"))
        ]


class QuantityForm(KefuForm):
    """Packs of each prescribed product; nothing or 0 means the customer does not want it."""

    def __init__(self, *args: Any, lines: Iterable[PurchaseLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"quantity_{line.product_id}"] = forms.IntegerField(
                label=line.product.label, required=False, min_value=0, max_value=999, initial=line.quantity or None,
                help_text=_("%(specification)s · 每日 %(intake)d · 单价 %(price)s 元") % {
                    "specification": line.product.specification, "intake": line.intake_per_day, "price": line.unit_price},
            )  # fmt: skip

    def entered(self) -> list[Line]:
        """What was filled in."""
        return [Line(line.product, self.cleaned_data.get(f"quantity_{line.product_id}") or 0) for line in self.lines]


class SignatureForm(KefuForm):
    """Who signed."""

    signed_by = forms.CharField(label=_("签字人"), max_length=60, required=False, help_text=_("不填就是客户本人"))


class DispatchForm(KefuForm):
    """How the goods leave, how many of each line, and that the parcel was packed by the checklist."""

    mode = forms.ChoiceField(label=_("交付方式"), choices=DeliveryMode.choices)
    carrier = forms.CharField(label=_("快递"), max_length=60, required=False)
    waybill = forms.CharField(label=_("运单号"), max_length=60, required=False)
    collected_by = forms.CharField(
        label=_("领取人"), max_length=60, required=False, help_text=_("当面交付时填，不填就是客户本人")
    )
    packing = forms.MultipleChoiceField(
        label=_("装箱检查"), required=False, widget=forms.CheckboxSelectMultiple, choices=Packing.choices
    )

    def __init__(self, *args: Any, lines: Iterable[PurchaseLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open = [line for line in lines if line.open]
        for line in self.open:
            self.fields[f"packs_{line.pk}"] = forms.IntegerField(
                label=_("发几件：%(product)s") % {"product": line.product.label}, required=False, min_value=0, max_value=line.open,
                help_text=_("还没发 %(open)s %(unit)s；都不填就全部发") % {"open": line.open, "unit": line.product.unit},
            )  # fmt: skip

    def packs(self) -> dict[int, int] | None:
        """Packs by line; nothing where no line was filled in: then all of it leaves."""
        filled = {line.pk: self.cleaned_data.get(f"packs_{line.pk}") for line in self.open}
        if all(count is None for count in filled.values()):
            return None
        return {pk: count or 0 for pk, count in filled.items()}


class ReversalForm(KefuForm):
    """What is not bought after all: packs that have not left, packs that came back by lot, and what is bought instead."""

    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, *args: Any, lines: Iterable[PurchaseLine], issued: Iterable[IssueLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.issued = list(lines), [one for one in issued if one.packs > one.returned]
        for line in self.lines:
            if line.open:
                label = _("不要了：%(product)s") % {"product": line.product.label}
                self._count(f"withdrawn_{line.pk}", label, line.open, _("还没发 %(left)s"))
        for one in self.issued:
            words = {"product": one.lot.product.label, "lot": one.lot.code}
            left = one.packs - one.returned
            self._count(f"intact_{one.pk}", _("完好退回：%(product)s 批号 %(lot)s") % words, left, _("已发 %(left)s"))
            self._count(
                f"damaged_{one.pk}",
                _("破损或已开封：%(product)s 批号 %(lot)s") % words,
                left,
                _("已发 %(left)s，放隔离区"),
            )
        for line in self.lines:
            label = _("换购：%(product)s") % {"product": line.product.label}
            help_text = _("单价 %(price)s 元；换购的要重新签字") % {"price": line.product.price or line.unit_price}
            self.fields[f"instead_{line.product_id}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=999, help_text=help_text
            )

    def _count(self, name: str, label: str, most: int, words: object) -> None:
        help_text = str(words) % {"left": most}
        self.fields[name] = forms.IntegerField(
            label=label, required=False, min_value=0, max_value=most, help_text=help_text
        )

    def _given(self, name: str) -> int:
        return self.cleaned_data.get(name) or 0

    def asked(self) -> dict[str, Any]:
        """What was filled in, as the action takes it."""
        back = [Back(one, self._given(f"intact_{one.pk}"), self._given(f"damaged_{one.pk}")) for one in self.issued]
        instead = [Line(line.product, self._given(f"instead_{line.product_id}")) for line in self.lines]
        return {
            "reason": self.cleaned_data["reason"],
            "withdrawn": {line.pk: self._given(f"withdrawn_{line.pk}") for line in self.lines if line.open},
            "returned": [one for one in back if one.intact or one.damaged],
            "instead": [line for line in instead if line.quantity],
        }


class ReasonForm(KefuForm):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=200)
