"""Forms of requisitions, and what was posted in their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.queries import user_by
from kefu.products.models import Product
from kefu.requisitions.choices import Condition, Outcome, PickFault
from kefu.requisitions.models import ShippedLine
from kefu.stock.forms import LARGEST, REASON, ProductField
from kefu.stock.models import Warehouse

JUNK = -1
"""Stands for what is no number; actions refuse it."""


class ParForm(KefuForm):
    """How much of a product should lie in a warehouse, from a day on."""

    product = ProductField()
    packs = forms.IntegerField(label=_("备用数量"), min_value=0, max_value=LARGEST, help_text=_("填 0 就不再备"))
    from_day = forms.DateField(label=_("从哪天起"))
    reason = forms.CharField(**REASON)


class SourceForm(KefuForm):
    """Where the goods should come from."""

    source = forms.ModelChoiceField(Warehouse.objects.none(), label=_("发货库房"), empty_label=None)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, target: Warehouse, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Warehouse.objects.filter(active=True).exclude(pk=target.pk).order_by("-central", "code")
        self.fields["source"].queryset = others  # type: ignore[attr-defined]
        self.fields["source"].label_from_instance = lambda one: one.label  # type: ignore[attr-defined]


class ReasonForm(KefuForm):
    """Why it ends here."""

    reason = forms.CharField(**REASON)


class RemarkForm(KefuForm):
    """What finance has to remark."""

    remark = forms.CharField(label=_("核对意见"), max_length=200, required=False)


class ScanForm(KefuForm):
    """A pack at its place, and how many were taken."""

    scan = forms.CharField(
        label=_("扫码"), max_length=200, widget=forms.TextInput({"autofocus": True, "autocomplete": "off"})
    )
    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)


class MissForm(KefuForm):
    """Packs that cannot be taken from their place."""

    packs = forms.IntegerField(label=_("缺几件"), min_value=1, max_value=LARGEST)
    fault = forms.ChoiceField(label=_("情况"), choices=PickFault.choices)
    note = forms.CharField(label=_("说明"), max_length=150, required=False)


class ParcelForm(KefuForm):
    """Boxes under a waybill."""

    carrier = forms.CharField(label=_("承运"), max_length=60, help_text=_("快递公司；自己送写姓名"))
    waybill = forms.CharField(label=_("运单号"), max_length=60, required=False)
    boxes = forms.IntegerField(label=_("箱数"), min_value=1, max_value=999, initial=1)


class SettleForm(KefuForm):
    """What became of short packs."""

    line = forms.ModelChoiceField(ShippedLine.objects.none(), label=_("批号"), empty_label=None)
    outcome = forms.ChoiceField(label=_("处理"), choices=Outcome.choices)
    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)
    reason = forms.CharField(**REASON)

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]
        self.fields["line"].label_from_instance = lambda one: f"{one.lot.product.label} {one.lot.code}（{one.open}）"  # type: ignore[attr-defined]


class LendingForm(KefuForm):
    """Who borrows what for, and until when."""

    borrower = forms.CharField(label=_("借用人工号"), max_length=20)
    department = forms.CharField(label=_("借用部门"), max_length=60, required=False)
    purpose = forms.CharField(label=_("用途"), max_length=200)
    due_on = forms.DateField(label=_("归还日期"))

    def clean_borrower(self) -> Any:
        """The person with that job number."""
        found = user_by(self.cleaned_data["borrower"])
        if found is None:
            raise ValidationError(_("没有这个工号"), code="unknown")
        return found


class LendingLineForm(KefuForm):
    """Packs of a product."""

    product = ProductField()
    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)


LendingFormSet = forms.formset_factory(LendingLineForm, extra=1, max_num=50, absolute_max=50, min_num=0)


class ReturnedForm(KefuForm):
    """Packs of a lent lot that come back."""

    packs = forms.IntegerField(label=_("数量"), min_value=1, max_value=LARGEST)
    condition = forms.ChoiceField(label=_("情况"), choices=Condition.choices)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


def numbers_in(data: Mapping[str, str], prefix: str) -> dict[int, int]:
    """Numbers posted as `prefix-<id>`, by id; empty ones are left out."""
    given: dict[int, int] = {}
    for name, value in data.items():
        head, _dash, pk = name.rpartition("-")
        if head == prefix and pk.isascii() and pk.isdecimal() and len(pk) < 19 and (text := value.strip()):
            given[int(pk)] = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else JUNK
    return given


def wanted_in(data: Mapping[str, str]) -> list[tuple[Product, int]]:
    """Products with packs: those of the proposal above 0, and those added below it."""
    packs = {pk: count for pk, count in numbers_in(data, "packs").items() if count}
    added = [(numbers_in({"more-0": data.get(f"more-{row}", "")}, "more").get(0), row) for row in range(MORE)]
    extra = [
        (pk, numbers_in({"extra-0": data.get(f"extra-{row}", "")}, "extra").get(0, JUNK)) for pk, row in added if pk
    ]
    products = Product.objects.in_bulk({*packs, *(pk for pk, _count in extra)})
    return [(products[pk], count) for pk, count in [*packs.items(), *extra] if pk in products]


MORE = 3
"""Rows for products that were not proposed."""
