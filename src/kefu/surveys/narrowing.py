"""What the address of the list of customers to ask is narrowed to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.organisation.models import Node, User
from kefu.products.models import Product, TestItem
from kefu.surveys.queries import CandidateFilter, candidates

USUAL = {"waiting": "on"}
"""What is asked for where nothing is."""


class CandidateForm(KefuForm):
    """Whom to ask."""

    start = forms.DateField(label=_("服务自"), widget=DateInput(), required=False)
    end = forms.DateField(label=_("至（不含）"), widget=DateInput(), required=False)
    item_code = forms.ModelChoiceField(
        label=_("做过的检测"), queryset=TestItem.objects.all(), to_field_name="code", required=False
    )
    product_code = forms.ModelChoiceField(
        label=_("买过的产品"),
        queryset=Product.objects.filter(sold_separately=True),
        to_field_name="code",
        required=False,
    )
    node = forms.ModelChoiceField(
        label=_("中心"), queryset=Node.objects.filter(kind__in=["centre", "office", "franchise"]), required=False
    )
    doctor = forms.ModelChoiceField(
        label=_("医生"), queryset=User.objects.filter(grants__role__code="doctor").distinct(), required=False
    )
    manager = forms.ModelChoiceField(
        label=_("健康管理师"),
        queryset=User.objects.filter(grants__role__code="health_manager").distinct(),
        required=False,
    )
    not_asked_since = forms.DateField(label=_("这天以后没问过"), widget=DateInput(), required=False)
    waiting = forms.BooleanField(label=_("只看流程轮到满意度的"), required=False)

    def narrowed(self) -> CandidateFilter:
        """The filter as asked for; what cannot be read counts as not set."""
        data: dict[str, Any] = getattr(self, "cleaned_data", {})
        return CandidateFilter(
            start=data.get("start"), end=data.get("end"), not_asked_since=data.get("not_asked_since"), waiting=bool(data.get("waiting")),
            item_code=item.code if (item := data.get("item_code")) else "", product_code=product.code if (product := data.get("product_code")) else "",
            node_id=node.pk if (node := data.get("node")) else None, doctor_id=doctor.pk if (doctor := data.get("doctor")) else None,
            manager_id=manager.pk if (manager := data.get("manager")) else None,
        )  # fmt: skip


def candidate_form(asked: Mapping[str, str]) -> CandidateForm:
    """The form as an address fills it in; of whatever page of the list."""
    return CandidateForm({name: value for name, value in asked.items() if name != "after"} or USUAL)


def candidates_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Customer]:
    """The list as its page shows it, newest first (SAT-002)."""
    form = candidate_form(asked)
    form.is_valid()
    return candidates(user, form.narrowed()).order_by("-created_at", "-id")
