"""Forms of orders, kits and samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.ui.forms import KefuForm
from kefu.lab.choices import ConsignmentMode, KitMode, Signer
from kefu.organisation.models import Node, User
from kefu.products.models import Package, TestItem
from kefu.products.queries import orderable_items, orderable_packages, reject_reasons

MOST = 9
"""Of one test in one order; more is a slip of the finger."""


class DoctorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Doctors with their job numbers."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} {obj.job_number}"


class OrderForm(KefuForm):
    """Packages to tick, tests with how many of each."""

    doctor = DoctorField(queryset=User.objects.none(), label=_("开单医生"))
    note = forms.CharField(
        label=_("备注"), max_length=500, required=False, help_text=_("会印在检测单和申请单上，例如正在服用的药")
    )

    def __init__(
        self, *args: Any, node: Node, chosen: tuple[Iterable[TestItem], Iterable[Package]] = ((), ()), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doctor"].queryset = colleagues_with("doctor", node.pk)  # type: ignore[attr-defined]
        self.items = list(orderable_items().order_by("code"))
        self.packages = list(orderable_packages().order_by("code"))
        self.at_first = (list(chosen[0]), list(chosen[1]))
        counts = Counter(item.pk for item in self.at_first[0])
        ticked = {package.pk for package in self.at_first[1]}
        for package in self.packages:
            self.fields[f"package-{package.pk}"] = forms.BooleanField(
                label=package.label, required=False, initial=package.pk in ticked
            )
        for item in self.items:
            self.fields[f"item-{item.pk}"] = forms.IntegerField(
                label=item.label, required=False, min_value=0, max_value=MOST, initial=counts.get(item.pk),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "0"}),
            )  # fmt: skip

    def chosen_items(self) -> list[TestItem]:
        """Each test as often as it was asked for."""
        return [item for item in self.items for _n in range(self.cleaned_data.get(f"item-{item.pk}") or 0)]

    def chosen_packages(self) -> list[Package]:
        """The ticked packages."""
        return [package for package in self.packages if self.cleaned_data.get(f"package-{package.pk}")]

    def chosen(self) -> tuple[list[TestItem], list[Package]]:
        """What is chosen in a form that was sent."""
        return self.chosen_items(), self.chosen_packages()

    def item_rows(self) -> list[tuple[TestItem, forms.BoundField]]:
        """Tests with their number fields."""
        return [(item, self[f"item-{item.pk}"]) for item in self.items]

    def package_rows(self) -> list[tuple[Package, forms.BoundField]]:
        """Packages with their boxes."""
        return [(package, self[f"package-{package.pk}"]) for package in self.packages]


class ChangeForm(OrderForm):
    """Other tests instead, with the reason."""

    reason = forms.CharField(label=_("改单原因"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["doctor"], self.fields["note"]


class SignatureForm(KefuForm):
    """Who signed the printed sheet, when, and its scan."""

    signer = forms.ChoiceField(label=_("签字人"), choices=Signer.choices, initial=Signer.CUSTOMER)
    signer_name = forms.CharField(
        label=_("监护人姓名"), max_length=60, required=False, help_text=_("客户本人签字不用填")
    )
    signed_on = forms.DateField(label=_("签字日期"))
    upload = forms.FileField(label=_("签字单扫描件"), required=False, help_text=_("可以以后再传"))


class KitForm(KefuForm):
    """How the kit reaches the customer."""

    mode = forms.ChoiceField(label=_("发放方式"), choices=KitMode.choices, initial=KitMode.HANDED)
    carrier = forms.CharField(label=_("快递公司"), max_length=60, required=False, help_text=_("寄出时填"))
    waybill = forms.CharField(label=_("快递单号"), max_length=60, required=False)


class TakeBackForm(KefuForm):
    """Why a kit comes back, and whether it can be used again."""

    reason = forms.CharField(label=_("收回原因"), max_length=200)
    damaged = forms.BooleanField(label=_("已拆封或破损，不能再用"), required=False)


class ConsignmentForm(KefuForm):
    """How samples go to the laboratory."""

    mode = forms.ChoiceField(label=_("送检方式"), choices=ConsignmentMode.choices, initial=ConsignmentMode.SENT)
    carrier = forms.CharField(label=_("快递公司"), max_length=60, required=False)
    waybill = forms.CharField(label=_("快递单号"), max_length=60, required=False)
    sent_on = forms.DateField(label=_("送出日期"))


class ReasonForm(KefuForm):
    """Why something is taken back."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class CheckForm(KefuForm):
    """The three checks; a box left empty means not in order, and then there is a reason."""

    contents = forms.BooleanField(label=_("内容物齐全"), required=False)
    number = forms.BooleanField(label=_("数量够"), required=False)
    quality = forms.BooleanField(label=_("样本合格"), required=False)
    reason = forms.ModelChoiceField(
        label=_("不合格原因"),
        queryset=reject_reasons().none(),
        to_field_name="code",
        required=False,
        empty_label=_("请选原因"),
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = reject_reasons()  # type: ignore[attr-defined]
