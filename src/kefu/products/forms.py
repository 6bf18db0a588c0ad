"""Forms of the catalogue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.products.actions import AnalyteRange, GuideText
from kefu.products.choices import Policy, RangeSex, SamplingSite
from kefu.products.models import Analyte, Category, Kit, Package, Product, SampleKind, StorageClass, TestItem
from kefu.products.rules import Bounds

MOST_STEPS, LONGEST_STEP = 20, 100
LIMIT: dict[str, Any] = {"max_digits": 14, "decimal_places": 4, "required": False}


class StepsField(forms.CharField):
    """Steps, one on a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """A list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines that say something; at most 20 of 100 characters."""
        steps = [line.strip() for line in (value or "").splitlines() if line.strip()]
        if len(steps) > MOST_STEPS or any(len(step) > LONGEST_STEP for step in steps):
            raise forms.ValidationError(_("最多 20 步，每步不超过 100 个字"))
        return steps

    def validate(self, value: Any) -> None:
        """No steps are fine."""

    def run_validators(self, value: Any) -> None:
        """Checked line by line already."""


class PriceForm(KefuForm):
    """A new price and why."""

    price = forms.DecimalField(label=_("新价格（元）"), max_digits=9, decimal_places=2, min_value=0)
    reason = forms.CharField(label=_("调价原因"), max_length=200)


class ReviewForm(KefuForm):
    """Who reviewed the medical content, and on what basis."""

    reason = forms.CharField(label=_("审核医师和依据"), max_length=200)


class ProductForm(KefuForm):
    """What the catalogue says of a product."""

    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)
    specification = forms.CharField(label=_("规格"), max_length=100, required=False)
    category = forms.ModelChoiceField(Category.objects.all(), label=_("分类"))
    unit = forms.CharField(label=_("单位"), max_length=10)
    pieces_per_pack = forms.IntegerField(label=_("每件数量（片、粒、份）"), min_value=1, max_value=100000)
    daily_intake = forms.IntegerField(label=_("默认日食用量"), min_value=1, max_value=1000, required=False)
    storage = forms.ModelChoiceField(StorageClass.objects.all(), label=_("储存条件"))
    fragile = forms.BooleanField(label=_("易碎"), required=False)
    dated = forms.BooleanField(label=_("按有效期管理"), required=False, initial=True)
    policy = forms.ChoiceField(
        label=_("出库顺序"), choices=[("", _("按有效期管理决定")), *Policy.choices], required=False
    )
    min_shelf_life_months = forms.IntegerField(
        label=_("入库最短剩余效期（月）"), min_value=0, max_value=120, initial=6, help_text=_("只管进货，不影响出库")
    )
    customer_days_left = forms.IntegerField(
        label=_("给客户时最少剩余效期（天）"),
        min_value=0,
        max_value=3650,
        initial=0,
        help_text=_("剩余天数少于它的批号不再发给客户"),
    )
    branch_days_left = forms.IntegerField(
        label=_("调拨时最少剩余效期（天）"),
        min_value=0,
        max_value=3650,
        initial=0,
        help_text=_("剩余天数少于它的批号不再调给分中心"),
    )
    reorder_point = forms.IntegerField(label=_("安全库存"), min_value=0, max_value=1000000, required=False)
    material = forms.CharField(label=_("成分或材质"), max_length=300, required=False)
    measurements = forms.CharField(label=_("净含量和尺寸"), max_length=200, required=False)
    features = forms.CharField(
        label=_("特点"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    cautions = forms.CharField(
        label=_("注意事项"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    special_demands = forms.CharField(
        label=_("特殊需求怎么办"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如纯素、控糖、吞咽困难的客户"),
    )
    packing = StepsField(label=_("装箱步骤"), required=False, help_text=_("一行一步；不写的话，易碎品按通用步骤"))
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    @classmethod
    def of(cls, product: Product) -> ProductForm:
        """The form filled with a product as it is."""
        return cls(initial={name: getattr(product, name) for name in cls.base_fields})


class NewProductForm(ProductForm):
    """A product that is not in the catalogue yet."""

    code = forms.RegexField(
        r"^[A-Za-z0-9-]+$", label=_("编码"), max_length=40, error_messages={"invalid": _("编码只用字母、数字和短横")}
    )
    price = forms.DecimalField(label=_("价格（元）"), max_digits=9, decimal_places=2, min_value=0)
    field_order = ("code", "zh", "en", "specification", "price")


class TestItemForm(KefuForm):
    """What the catalogue says of a test item."""

    __test__ = False

    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)
    sample_kind = forms.ModelChoiceField(SampleKind.objects.all(), label=_("样本"))
    sample_quantity = forms.CharField(label=_("样本量"), max_length=100)
    kit = forms.ModelChoiceField(Kit.objects.all(), label=_("检测盒"))
    sampling_sites = forms.MultipleChoiceField(
        label=_("采样地点"), choices=SamplingSite.choices, widget=forms.CheckboxSelectMultiple
    )
    turnaround_days = forms.IntegerField(label=_("出报告天数（检验室工作日）"), min_value=1, max_value=365)
    repeat_months = forms.IntegerField(label=_("复查间隔（月）"), min_value=1, max_value=120, required=False)
    active = forms.BooleanField(label=_("在用"), required=False)

    @classmethod
    def of(cls, item: TestItem) -> TestItemForm:
        """The form filled with an item as it is."""
        return cls(initial={name: getattr(item, name) for name in cls.base_fields})


class PackageForm(KefuForm):
    """A package's names, contents and use."""

    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)
    items = forms.ModelMultipleChoiceField(
        TestItem.objects.filter(active=True), label=_("包含的项目"), widget=forms.CheckboxSelectMultiple
    )
    active = forms.BooleanField(label=_("在用"), required=False)

    @classmethod
    def of(cls, package: Package) -> PackageForm:
        """The form filled with a package as it is."""
        chosen = [line.item_id for line in package.lines.all()]
        return cls(initial={"zh": package.zh, "en": package.en, "active": package.active, "items": chosen})


class GuideLineForm(KefuForm):
    """One instruction of a sampling guide; `position` puts the lines in order."""

    position = forms.IntegerField(label=_("顺序"), min_value=1, max_value=999, required=False)
    zh = forms.CharField(label=_("中文"), max_length=200, required=False)
    en = forms.CharField(label=_("英文"), max_length=200, required=False)


class RangeForm(KefuForm):
    """One reference range; a row without ages is left out."""

    sex = forms.ChoiceField(label=_("性别"), choices=RangeSex.choices, initial=RangeSex.ANY)
    age_from = forms.IntegerField(label=_("年龄自"), min_value=0, max_value=150, required=False)
    age_to = forms.IntegerField(label=_("年龄至"), min_value=0, max_value=150, required=False)
    low = forms.DecimalField(label=_("下限"), **LIMIT)
    high = forms.DecimalField(label=_("上限"), **LIMIT)


class CriticalForm(KefuForm):
    """The limits beyond which somebody must be called at once."""

    critical_low = forms.DecimalField(label=_("危急低值"), **LIMIT)
    critical_high = forms.DecimalField(label=_("危急高值"), **LIMIT)

    def bounds(self) -> Bounds:
        """The limits entered."""
        return Bounds(self.cleaned_data["critical_low"], self.cleaned_data["critical_high"])


GuideFormSet = forms.formset_factory(GuideLineForm, extra=3, max_num=60, absolute_max=60)
RangeFormSet = forms.formset_factory(RangeForm, extra=2, max_num=40, absolute_max=40)


def guide_lines(formset: Any) -> list[GuideText]:
    """The lines entered, in their order; those without a number come last."""
    rows = [
        (form.cleaned_data.get("position") or 1000, number, form.cleaned_data) for number, form in enumerate(formset)
    ]
    return [
        GuideText(row.get("zh", ""), row.get("en", "")) for _position, _number, row in sorted(rows, key=lambda r: r[:2])
    ]


def ranges(formset: Any) -> list[AnalyteRange]:
    """The ranges entered; rows without ages are left out."""
    rows = [form.cleaned_data for form in formset]
    return [AnalyteRange(**row) for row in rows if row.get("age_from") is not None and row.get("age_to") is not None]


def guide_formset(item: TestItem) -> Any:
    """A sampling guide as it is, with empty lines to add."""
    return GuideFormSet(initial=[{"position": x.position, "zh": x.zh, "en": x.en} for x in item.guide_lines.all()])


def range_formset(analyte: Analyte) -> Any:
    """An analyte's ranges as they are, with empty rows to add."""
    names = ("sex", "age_from", "age_to", "low", "high")
    return RangeFormSet(initial=[{name: getattr(one, name) for name in names} for one in analyte.ranges.all()])
