"""Forms of the warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import Node
from kefu.organisation.queries import user_by
from kefu.products.models import Product
from kefu.stock.actions import Arrival, Pick
from kefu.stock.choices import Quality
from kefu.stock.models import IssueLine, Lot, Zone

LARGEST = 1_000_000
REASON: dict[str, Any] = {"label": _("原因"), "max_length": 200}


class ProductField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A product in use, told with code and specification."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Product.objects.filter(active=True).order_by("code"), label=_("品名"), **kwargs)

    def label_from_instance(self, obj: Product) -> str:
        """Code, name and specification."""
        return f"{obj.code} {obj.label} {obj.specification}".strip()


class ReceiptForm(KefuForm):
    """The head of a stock-in slip."""

    received_on = forms.DateField(label=_("入库日期"))
    supplier = forms.CharField(label=_("来源"), max_length=100, required=False)
    note = forms.CharField(label=_("备注"), max_length=200, required=False)


class ArrivalForm(KefuForm):
    """A counted line."""

    product = ProductField()
    lot = forms.CharField(label=_("批号"), max_length=40)
    expiry = forms.DateField(label=_("有效期至"), required=False)
    packs = forms.IntegerField(label=_("实收数量"), min_value=1, max_value=LARGEST)
    quality = forms.ChoiceField(label=_("质量"), choices=Quality.choices, initial=Quality.GOOD)
    zone = forms.ModelChoiceField(
        Zone.objects.none(), label=_("库区"), required=False, empty_label=_("按储存条件自动放")
    )
    note = forms.CharField(label=_("备注"), max_length=200, required=False)

    def __init__(self, *args: Any, zones: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if zones is not None:
            self.fields["zone"].queryset = zones  # type: ignore[attr-defined]

    def arrival(self) -> Arrival:
        """The line as the action takes it."""
        given = self.cleaned_data
        return Arrival(
            given["product"], given["lot"], given["packs"], given["expiry"], given["zone"],
            Quality(given["quality"]), given["note"],
        )  # fmt: skip


class IssueForm(KefuForm):
    """What the goods are for."""

    purpose = forms.CharField(label=_("用途"), max_length=200)


class IssueLineForm(KefuForm):
    """Packs of a product; a lot only where another than the proposed one is taken."""

    product = ProductField()
    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)
    lot = forms.CharField(label=_("指定批号"), max_length=40, required=False)
    reason = forms.CharField(label=_("不按建议批号的原因"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """The lot must be one of the product."""
        given: dict[str, Any] = self.cleaned_data
        if given.get("lot") and given.get("product"):
            given["found"] = Lot.objects.filter(product=given["product"], code=given["lot"].strip()).first()
            if given["found"] is None:
                self.add_error("lot", ValidationError(_("这个产品没有这个批号"), code="unknown"))
        return given

    def pick(self) -> Pick | None:
        """The wish for a certain lot, if any."""
        given = self.cleaned_data
        lot = given.get("found")
        return Pick(given["product"], lot, given["packs"], given["reason"]) if lot else None


class ReturnForm(KefuForm):
    """What of a slip comes back, in which state, and why."""

    quality = forms.ChoiceField(label=_("质量"), choices=Quality.choices, initial=Quality.GOOD)
    reason = forms.CharField(**REASON | {"label": _("退回原因")})

    def __init__(self, *args: Any, lines: Iterable[IssueLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.packs > line.returned]
        for line in self.lines:
            left = line.packs - line.returned
            self.fields[f"packs_{line.pk}"] = forms.IntegerField(
                label=f"{line.lot.product.label} {line.lot.code}", min_value=0, max_value=left, initial=left
            )
        self.order_fields([*(f"packs_{line.pk}" for line in self.lines), "quality", "reason"])

    def packs(self) -> dict[int, int]:
        """Packs by line."""
        return {line.pk: self.cleaned_data[f"packs_{line.pk}"] for line in self.lines}


class CountForm(KefuForm):
    """What was counted, against the book quantity shown while counting."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    counted = forms.IntegerField(label=_("实际数量"), min_value=0, max_value=LARGEST)
    reason = forms.CharField(**REASON)


class QualityForm(KefuForm):
    """Packs that are in another state."""

    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)
    quality = forms.ChoiceField(label=_("改成"), choices=Quality.choices)
    reason = forms.CharField(**REASON)


class ZoneForm(KefuForm):
    """Packs that move to another zone."""

    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("移到"))
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, zones: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].queryset = zones  # type: ignore[attr-defined]


class ExchangeForm(KefuForm):
    """Packs handed back to the supplier for a fresher lot."""

    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)
    lot = forms.CharField(label=_("新批号"), max_length=40)
    expiry = forms.DateField(label=_("新批有效期至"))
    reason = forms.CharField(**REASON)


class KeeperForm(KefuForm):
    """Who keeps a warehouse, by job number."""

    keeper = forms.CharField(label=_("库管工号"), max_length=20, required=False)

    def clean_keeper(self) -> Any:
        """The person with that job number."""
        number = self.cleaned_data["keeper"]
        found = user_by(number) if number else None
        if number and found is None:
            raise ValidationError(_("没有这个工号"), code="unknown")
        return found


class WarehouseForm(KeeperForm):
    """A new warehouse; it gets a zone for each climate and one for quarantine."""

    code = forms.RegexField(
        r"^[A-Z0-9-]+$", label=_("编码"), max_length=17, error_messages={"invalid": _("编码只用大写字母、数字和短横")}
    )
    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)
    node = forms.ModelChoiceField(Node.objects.filter(closed_on__isnull=True), label=_("所属机构"))
    central = forms.BooleanField(label=_("总库房"), required=False)
    field_order = ("code", "zh", "en", "node", "keeper", "central")


ArrivalFormSet = forms.formset_factory(ArrivalForm, extra=1, max_num=100, absolute_max=100, min_num=0)
IssueFormSet = forms.formset_factory(IssueLineForm, extra=1, max_num=100, absolute_max=100, min_num=0)


def with_one_more(data: Any, prefix: str = "form") -> Any:
    """The posted lines with an empty one added."""
    copied = data.copy()
    copied[f"{prefix}-TOTAL_FORMS"] = str(min(int(data.get(f"{prefix}-TOTAL_FORMS") or 0) + 1, 100))
    return copied


def filled(formset: Any) -> list[Any]:
    """The lines of a valid formset in which something was entered."""
    return [form for form in formset if form.has_changed()]
