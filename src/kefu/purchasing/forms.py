"""Forms of purchasing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.people.models import Institution
from kefu.products.models import Product
from kefu.purchasing.choices import FactKind
from kefu.purchasing.models import PurchaseOrder, Supplier, Supply

LARGEST = 1_000_000
REASON: dict[str, Any] = {"label": _("原因"), "max_length": 200}
LINES: dict[str, Any] = {"max_num": 100, "absolute_max": 100, "min_num": 0}


class InstitutionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A manufacturer of the register, told with its code."""

    def label_from_instance(self, obj: Institution) -> str:
        """Code and name."""
        return f"{obj.code} {obj.label}"


class ProductField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A product in use, told with code and specification."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Product.objects.filter(active=True).order_by("code"), label=_("品名"), **kwargs)

    def label_from_instance(self, obj: Product) -> str:
        """Code, name and specification."""
        return f"{obj.code} {obj.label} {obj.specification}".strip()


class SupplyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A product as a supplier sells it, told with the supplier and the packs of a box."""

    def label_from_instance(self, obj: Supply) -> str:
        """Code, name, supplier, packs."""
        return f"{obj.product.code} {obj.product.label} · {obj.supplier.label} · ×{obj.multiple}"


class OrderField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An open order, told with its supplier."""

    def label_from_instance(self, obj: PurchaseOrder) -> str:
        """Number and supplier."""
        return f"{obj.number} {obj.supplier.label}"


class SupplierField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A supplier in use."""

    def label_from_instance(self, obj: Supplier) -> str:
        """The manufacturer's name."""
        return str(obj.label)


class TermsForm(KefuForm):
    """Whom to write to, and how long goods need."""

    contact = forms.CharField(label=_("联系人"), max_length=60, required=False)
    email = forms.EmailField(label=_("接单邮箱"), required=False)
    lead_days = forms.IntegerField(label=_("供货天数"), min_value=0, max_value=365)
    active = forms.BooleanField(label=_("在用"), required=False)


class SupplierForm(TermsForm):
    """A manufacturer we order from now on."""

    institution = InstitutionField(Institution.objects.none(), label=_("生产厂家"))
    active = None  # type: ignore[assignment]
    field_order = ("institution", "contact", "email", "lead_days")

    def __init__(self, *args: Any, institutions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]


class SupplyForm(KefuForm):
    """A product a supplier sells."""

    product = ProductField()
    article = forms.CharField(
        label=_("厂家货号"), max_length=40, required=False, help_text=_("可填外箱或包装上的条码，到货扫码时就认得出")
    )
    multiple = forms.IntegerField(label=_("每箱件数"), min_value=1, max_value=LARGEST, initial=1)
    minimum = forms.IntegerField(label=_("最少起订"), min_value=1, max_value=LARGEST, initial=1)
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)


class PriceForm(KefuForm):
    """What a pack costs from a day on."""

    supply = SupplyField(Supply.objects.none(), label=_("品名"))
    price = forms.DecimalField(label=_("进价（元）"), min_value=0, max_digits=8, decimal_places=2)
    valid_from = forms.DateField(label=_("生效日期"))
    valid_to = forms.DateField(label=_("有效至"), required=False)

    def __init__(self, *args: Any, supplies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supply"].queryset = supplies  # type: ignore[attr-defined]


class QuantityForm(KefuForm):
    """Another quantity than proposed, and why."""

    quantity = forms.IntegerField(label=_("采购数量"), min_value=0, max_value=LARGEST)
    reason = forms.CharField(**REASON)


class RequestForm(KefuForm):
    """Why something is to be bought."""

    reason = forms.CharField(label=_("申请理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RequestLineForm(KefuForm):
    """Packs of what a supplier sells."""

    supply = SupplyField(Supply.objects.none(), label=_("品名"))
    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)

    def __init__(self, *args: Any, supplies: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if supplies is not None:
            self.fields["supply"].queryset = supplies  # type: ignore[attr-defined]


class SendForm(KefuForm):
    """Where the order is mailed to."""

    to = forms.EmailField(label=_("发到邮箱"))


class FactForm(KefuForm):
    """What became known of an order."""

    kind = forms.ChoiceField(label=_("事项"), choices=[one for one in FactKind.choices if one[0] != FactKind.ARRIVED])
    on = forms.DateField(label=_("日期"))
    expected_on = forms.DateField(label=_("预计到货"), required=False)
    carrier = forms.CharField(label=_("承运"), max_length=60, required=False)
    waybill = forms.CharField(label=_("运单号"), max_length=60, required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class DeliveryForm(KefuForm):
    """What arrived, of an order or without one."""

    order = OrderField(PurchaseOrder.objects.none(), label=_("采购单"), required=False, empty_label=_("没有采购单"))
    supplier = SupplierField(Supplier.objects.none(), label=_("厂家（没有采购单时）"), required=False)
    reason = forms.CharField(label=_("没有采购单的原因"), max_length=200, required=False)
    arrived_on = forms.DateField(label=_("到货日期"))
    waybill = forms.CharField(label=_("运单号"), max_length=60, required=False)

    def __init__(self, *args: Any, orders: Any, suppliers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].queryset = orders  # type: ignore[attr-defined]
        self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The supplier is that of the order; without an order it must be named."""
        given: dict[str, Any] = self.cleaned_data
        if given.get("order"):
            given["supplier"] = given["order"].supplier
        elif "supplier" in given and not given["supplier"]:
            self.add_error("supplier", forms.ValidationError(_("没有采购单时要选厂家"), code="required"))
        return given


class CountLineForm(KefuForm):
    """One lot as it was counted; a line without packs was not counted."""

    product = ProductField(required=False)
    lot = forms.CharField(label=_("批号"), max_length=40, required=False)
    expiry = forms.DateField(label=_("有效期至"), required=False)
    packs = forms.IntegerField(label=_("完好"), min_value=0, max_value=LARGEST, required=False)
    damaged = forms.IntegerField(label=_("破损"), min_value=0, max_value=LARGEST, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    @property
    def counted(self) -> bool:
        """Whether packs were entered."""
        given = getattr(self, "cleaned_data", {})
        return bool(given.get("packs") or given.get("damaged"))

    def clean(self) -> dict[str, Any]:
        """What was counted is of some product."""
        given: dict[str, Any] = self.cleaned_data
        if self.counted and not given.get("product") and "product" in given:
            self.add_error("product", forms.ValidationError(_("这一行是什么产品还没选"), code="required"))
        return given


class AllowForm(KefuForm):
    """Packs beyond the order, and why."""

    packs = forms.IntegerField(label=_("可多收"), min_value=1, max_value=LARGEST)
    reason = forms.CharField(**REASON)


RequestLines = forms.formset_factory(RequestLineForm, extra=1, **LINES)
CountLines = forms.formset_factory(CountLineForm, extra=1, **LINES)


def with_one_more(data: Any, prefix: str = "form", **values: object) -> Any:
    """The posted lines with one added, empty or with these values."""
    copied = data.copy()
    total = min(_number(data.get(f"{prefix}-TOTAL_FORMS")), 99)
    copied[f"{prefix}-TOTAL_FORMS"] = str(total + 1)
    for name, value in values.items():
        copied[f"{prefix}-{total}-{name}"] = str(value)
    return copied


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else 0
