"""Forms of the types of visits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.organisation.models import Node


class TypeForm(KefuForm):
    """What a type is called, where it is offered, and whether customers may ask for it themselves."""

    zh = forms.CharField(label=_("中文名"), max_length=40)
    en = forms.CharField(label=_("英文名"), max_length=40, help_text=_("英文界面和英文短信里用"))
    node = forms.ModelChoiceField(
        label=_("中心"), queryset=Node.objects.none(), required=False, empty_label=_("所有中心")
    )
    online = forms.BooleanField(label=_("客户可以在网上约"), required=False, initial=True)
    position = forms.IntegerField(
        label=_("次序"), min_value=0, max_value=999, initial=100, help_text=_("数字小的排在前面")
    )

    def __init__(self, *args: Any, nodes: QuerySet[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes  # type: ignore[attr-defined]


class NewTypeForm(TypeForm):
    """A type that is new, with the code bookings will keep."""

    code = forms.CharField(
        label=_("编码"), max_length=20, help_text=_("小写英文字母、数字和下划线，以后不能改，例如 photo")
    )
    field_order = ("code",)
