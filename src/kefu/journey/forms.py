"""Forms of the journey pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.foundation.gates.registry import declared
from kefu.foundation.ui.forms import KefuForm
from kefu.journey.models import NodeTemplate
from kefu.journey.models.templates import UNITS
from kefu.organisation.models import Role


class ReasonForm(KefuForm):
    """A reason, for what hurts."""

    reason = forms.CharField(label=_("原因"), max_length=500)


class NodeChoiceForm(ReasonForm):
    """A node and a reason: where to go back to, or where a new journey starts."""

    node = forms.ModelChoiceField(label=_("节点"), queryset=NodeTemplate.objects.none())

    field_order = ("node", "reason")

    def __init__(self, *args: Any, nodes: QuerySet[NodeTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["node"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = nodes


class NodeForm(KefuForm):
    """One node of the configuration."""

    zh = forms.CharField(label=_("名称"), max_length=60)
    en = forms.CharField(label=_("英文名"), max_length=60, required=False)
    order = forms.IntegerField(
        label=_("顺序"), min_value=1, max_value=9999, help_text=_("填在前后两个节点的顺序号之间，就插在中间")
    )
    roles = forms.MultipleChoiceField(label=_("责任岗位"), widget=forms.CheckboxSelectMultiple)
    status_zh = forms.CharField(label=_("完成后的状态"), max_length=60)
    status_en = forms.CharField(label=_("状态（英文）"), max_length=60, required=False)
    deadline_amount = forms.IntegerField(label=_("时限"), min_value=1, max_value=365, required=False)
    deadline_unit = forms.ChoiceField(label=_("时限单位"), choices=UNITS)
    optional = forms.BooleanField(label=_("可跳过"), required=False)
    gates = forms.MultipleChoiceField(
        label=_("把守哪些动作"), required=False, help_text=_("选中的动作，只有流程走到这一步才能做"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    condition_zh = forms.CharField(label=_("放行条件（备注）"), max_length=200, required=False)
    condition_en = forms.CharField(label=_("放行条件（英文）"), max_length=200, required=False)
    effect_zh = forms.CharField(label=_("系统效果"), max_length=200, required=False)
    effect_en = forms.CharField(label=_("系统效果（英文）"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles, gates = self.fields["roles"], self.fields["gates"]
        assert isinstance(roles, forms.MultipleChoiceField)
        assert isinstance(gates, forms.MultipleChoiceField)
        roles.choices = [(role.code, role.label) for role in Role.objects.filter(external=False)]
        gates.choices = [(gate.code, str(gate.label)) for gate in declared().values()]
