"""Forms of a recall."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kefu.foundation.ui.forms import KefuForm
from kefu.stock.forms import ProductField
from kefu.stock.models import Lot


class RecallForm(KefuForm):
    """The lot to call back, why, and on whose word."""

    product = ProductField()
    lot = forms.CharField(label=_("批号"), max_length=40)
    reason = forms.CharField(label=_("召回原因"), max_length=200)
    reference = forms.CharField(label=_("依据（厂家或监管部门的通知编号）"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        """The lot must be one of the product."""
        given: dict[str, Any] = self.cleaned_data
        if given.get("lot") and given.get("product"):
            given["found"] = Lot.objects.filter(product=given["product"], code=given["lot"].strip()).first()
            if given["found"] is None:
                self.add_error("lot", ValidationError(_("这个产品没有这个批号"), code="unknown"))
        return given


class LiftForm(KefuForm):
    """Why the lot is good after all."""

    reason = forms.CharField(label=_("解除原因"), max_length=200)
