"""Forms of prices with a validity, promotions and labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import Node
from kefu.products.actions import Offered
from kefu.products.choices import LabelKind
from kefu.products.models import Category, Product
from kefu.products.queries import sellable_products


def places() -> Any:
    """The open places a price may hold at."""
    return Node.objects.filter(closed_on__isnull=True).order_by("code")


class PeriodForm(KefuForm):
    """A price for some days, everywhere or at one place and below."""

    price = forms.DecimalField(label=_("价格（元）"), max_digits=9, decimal_places=2, min_value=0)
    node = forms.ModelChoiceField(places(), label=_("适用机构"), required=False, empty_label=_("全部机构"))
    starts_on = forms.DateField(label=_("开始日期"))
    ends_before = forms.DateField(label=_("截止日期（不含）"), required=False, help_text=_("不填就一直有效"))
    reason = forms.CharField(label=_("定价原因"), max_length=200)


class EndForm(KefuForm):
    """From when a price holds no longer, and why."""

    on = forms.DateField(label=_("从哪天起不再用"))
    reason = forms.CharField(label=_("原因"), max_length=200)


class PromotionForm(KefuForm):
    """The frame of a promotion."""

    title = forms.CharField(label=_("活动名称"), max_length=60)
    node = forms.ModelChoiceField(places(), label=_("适用机构"), required=False, empty_label=_("全部机构"))
    starts_on = forms.DateField(label=_("开始日期"))
    ends_before = forms.DateField(label=_("截止日期（不含）"))
    reason = forms.CharField(label=_("为什么办"), max_length=200)


class PromotionLineForm(KefuForm):
    """A product and its price; an empty row is left out."""

    product = forms.ModelChoiceField(sellable_products().order_by("code"), label=_("产品"), required=False)
    price = forms.DecimalField(label=_("活动价（元）"), max_digits=9, decimal_places=2, min_value=0, required=False)

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        given: dict[str, Any] = super().clean() or {}
        product, price = given.get("product"), given.get("price")
        if product and price is None and "price" not in self.errors:
            self.add_error("price", _("这一行还没写活动价"))
        if price is not None and not product and "product" not in self.errors:
            self.add_error("product", _("这一行还没选产品"))
        return given


PromotionLines = forms.formset_factory(PromotionLineForm, extra=6, max_num=100, absolute_max=100)


def offered(formset: Any) -> list[Offered]:
    """The lines that were filled in."""
    rows = [form.cleaned_data for form in formset]
    return [Offered(row["product"], row["price"]) for row in rows if row.get("product")]


class DecisionForm(KefuForm):
    """What the second person says; a refusal needs a reason."""

    decision = forms.CharField(
        label=_("审批意见"), max_length=200, required=False, help_text=_("不批准、撤回时必须写原因")
    )


class LabelForm(KefuForm):
    """The products of a category; ticked is what hangs not where it should."""

    def __init__(self, *args: Any, products: Iterable[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = list(products)
        for product in self.products:
            self.fields[f"missing_{product.pk}"] = forms.MultipleChoiceField(
                label=f"{product.code} {product.label}", choices=LabelKind.choices, required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip

    def missing(self) -> list[tuple[Product, str]]:
        """What was ticked."""
        data = self.cleaned_data
        return [(product, kind) for product in self.products for kind in data[f"missing_{product.pk}"]]


class ListForm(KefuForm):
    """Which product list to print."""

    node = forms.ModelChoiceField(places(), label=_("机构"), required=False, empty_label=_("全部机构通用价"))
    day = forms.DateField(label=_("哪天的价格"))
    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("分类"), required=False, empty_label=_("全部分类")
    )
