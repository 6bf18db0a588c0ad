"""Forms of purchases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.products.models import Product
from kefu.sales.actions import Line, Prescribed
from kefu.sales.choices import DeliveryMode
from kefu.sales.models import PurchaseLine


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
    """How the goods leave, and that the parcel was packed by the checklist."""

    mode = forms.ChoiceField(label=_("交付方式"), choices=DeliveryMode.choices)
    carrier = forms.CharField(label=_("快递"), max_length=60, required=False)
    waybill = forms.CharField(label=_("运单号"), max_length=60, required=False)
    packing = forms.MultipleChoiceField(
        label=_("装箱检查"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[
            ("checked", _("品名、规格、数量、效期与出库单一致")), ("wrapped", _("易碎品缠塑料膜后装纸箱")), ("filled", _("箱内空隙填满，轻摇无声")),
            ("cold", _("冷藏品加冰袋和保温袋，写明装箱时间")), ("papers", _("放入出库单和清单各一份")), ("sealed", _("封箱，贴“易碎”“向上”标签")),
        ],
    )  # fmt: skip


class ReasonForm(KefuForm):
    """Why."""

    reason = forms.CharField(label=_("原因"), max_length=200)
