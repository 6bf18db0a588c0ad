"""Forms of the register of institutions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import Node
from kefu.people.choices import Cooperation, InstitutionKind, Part, Quality
from kefu.people.models import Institution


class InstitutionForm(KefuForm):
    """The record of an institution (ORG-008)."""

    zh = forms.CharField(label=_("名称"), max_length=100)
    en = forms.CharField(label=_("名称（英文）"), max_length=100, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=InstitutionKind.choices)
    person_in_charge = forms.CharField(label=_("负责人"), max_length=60, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    note = forms.CharField(label=_("备注"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ChangeForm(InstitutionForm):
    """The same for one that is there; it carries the version it shows."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(institution, name) for name in self.base_fields}, **kwargs)


class NewInstitutionForm(InstitutionForm):
    """The same for a new one, with its number, its place and what it is to the house."""

    code = forms.CharField(label=_("编号"), max_length=20)
    node = forms.ModelChoiceField(label=_("归口"), queryset=Node.objects.none(), help_text=_("由谁管理；总部可见全部"))
    part = forms.ChoiceField(label=_("角色"), choices=[("", _("请选择")), *Part.choices])
    field_order = ("code", "zh", "en", "kind", "part", "node")

    def __init__(self, *args: Any, nodes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["node"].label_from_instance = lambda node: node.label  # type: ignore[attr-defined]


class PartForm(KefuForm):
    """What else an institution is."""

    part = forms.ChoiceField(label=_("角色"), choices=Part.choices)


class AgreementForm(KefuForm):
    """A signed agreement (ORG-007)."""

    mode = forms.ChoiceField(label=_("合作方式"), choices=Cooperation.choices)
    items = forms.CharField(
        label=_("合作项目"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("一行一项")
    )
    signed_on = forms.DateField(label=_("签约日期"))
    valid_to = forms.DateField(label=_("到期日"), required=False, help_text=_("长期有效的不填"))

    def clean_items(self) -> list[str]:
        """One item a line."""
        return [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]


class EndForm(KefuForm):
    """The day and the reason of an end."""

    on = forms.DateField(label=_("终止日期"))
    reason = forms.CharField(label=_("原因"), max_length=300)


class RegionForm(KefuForm):
    """How a region is served (ORG-012)."""

    region = forms.CharField(label=_("地区"), max_length=60)
    quality = forms.ChoiceField(label=_("质量"), choices=Quality.choices)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
