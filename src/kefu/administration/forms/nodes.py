"""Places and rooms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.worktime.models import Calendar
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Node


class NodeForm(KefuForm):
    """A place; the code stays once it is given."""

    code = forms.CharField(label=_("编码"), max_length=20, help_text=_("例如 BJ-CY，以后不能改"))
    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=NodeKind.choices)
    parent = forms.ModelChoiceField(label=_("上级"), queryset=Node.objects.none(), empty_label=None)
    calendar_code = forms.ChoiceField(label=_("工作日历"))
    phone = forms.CharField(label=_("电话"), max_length=40, required=False)
    address = forms.CharField(label=_("地址"), max_length=200, required=False)

    def __init__(self, *args: Any, node: Node | None = None, parent: Node | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(node, name) for name in self.base_fields} if node else {"parent": parent, "kind": NodeKind.CENTRE}  # fmt: skip
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["parent"].queryset = Node.objects.filter(closed_on__isnull=True)  # type: ignore[attr-defined]
        self.fields["calendar_code"].choices = [(row.code, row.label) for row in Calendar.objects.all()]  # type: ignore[attr-defined]
        if node is not None:
            del self.fields["code"]
            if node.parent_id is None:
                del self.fields["parent"]


class RoomForm(KefuForm):
    """A room of a place."""

    code = forms.CharField(label=_("编码"), max_length=20, help_text=_("例如 BJ-R1"))
    zh = forms.CharField(label=_("中文名"), max_length=200)
    en = forms.CharField(label=_("英文名"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("用途"),
        choices=[("consulting", _("诊室")), ("sampling", _("采样")), ("member", _("会员区")), ("other", _("其他"))],
    )
