"""What the address of the customer list asks for."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict

from kefu.customers.choices import Tier
from kefu.customers.queries import CustomerFilter
from kefu.foundation.lists.picking import picked

BY_NUMBER = "number"


class ListForm(forms.Form):
    """The filters of the list, read leniently: what makes no sense counts as not given."""

    q = forms.CharField(required=False, max_length=80)
    node = forms.IntegerField(required=False)
    health_manager = forms.IntegerField(required=False)
    doctor = forms.IntegerField(required=False)
    stage = forms.CharField(required=False)
    pool = forms.BooleanField(required=False)
    capture = forms.CharField(required=False)
    segment = forms.IntegerField(required=False)
    tier = forms.CharField(required=False)
    order = forms.CharField(required=False)

    def narrow(self, on: date) -> CustomerFilter:
        """What the list is narrowed to; a segment as it is on a day."""
        self.is_valid()
        asked = self.cleaned_data
        return CustomerFilter(
            node=asked.get("node"), health_manager=asked.get("health_manager"), doctor=asked.get("doctor"), stage=asked.get("stage") or "",
            pool=bool(asked.get("pool")), numbered=asked.get("order") == BY_NUMBER, segment=asked.get("segment"), on=on, only=picked(self.data) if isinstance(self.data, QueryDict) else None,
            capture=asked.get("capture") or "",
            tier=asked["tier"] if asked.get("tier") in Tier.values else "",
        )  # fmt: skip
