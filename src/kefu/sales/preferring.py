"""What customers like: the panel on their page, the summary on a product's, and what a merge does with it (CUS-032)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.merging import Joining
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.forms import DateInput, KefuForm
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.sales.choices import PreferenceKind
from kefu.sales.models import Preference

SHOWN, FEWEST = 20, 2
TOPIC = ("kind", "value", "product_id")


class PreferenceForm(KefuForm):
    """What the customer likes."""

    kind = forms.ChoiceField(label=_("种类"), choices=PreferenceKind.choices)
    value = forms.CharField(label=_("喜欢什么"), max_length=40)
    product = forms.ModelChoiceField(
        label=_("哪个产品"), queryset=Product.objects.filter(active=True), required=False, empty_label=_("不限产品")
    )
    learnt_on = forms.DateField(label=_("哪天了解到"), widget=DateInput())
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


def preferences_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """The tab 喜好: what the customer likes, and the form for more."""
    person = cast(Customer, customer)
    context = {
        "customer": person,
        "preferences": person.preferences.filter(ended_at__isnull=True).select_related("product", "by"),
        "form": PreferenceForm(initial={"learnt_on": timezone.localdate(request.at)}),
        "may": allowed(request.user, CustomerPermission.ARCHIVE_EDIT, customer=person),
    }
    return render(request, "sales/preferences.html", context)


def liked(_user: User, product: object, _at: datetime) -> dict[str, Any]:
    """How many customers like what of a product, the commonest first; only numbers, and only what at least two like, so that nobody is named."""
    held = Preference.objects.filter(product=cast(Product, product), ended_at__isnull=True)
    counted = held.values_list("kind", "value").annotate(customers=Count("customer", distinct=True))
    rows = counted.filter(customers__gte=FEWEST).order_by("-customers", "kind", "value")[:SHOWN]
    labels = dict(PreferenceKind.choices)
    return {"liked": [{"kind": labels[kind], "value": value, "customers": count} for kind, value, count in rows]}


def unite_preferences(joining: Joining) -> None:
    """Both likings are kept; what both like is kept once."""
    mine = set(Preference.objects.filter(customer_id=joining.survivor_id, ended_at__isnull=True).values_list(*TOPIC))
    theirs = Preference.objects.filter(customer_id=joining.merged_id)
    rows = theirs.filter(ended_at__isnull=True).values_list("pk", "at", *TOPIC)
    for pk, at, *topic in rows:
        if tuple(topic) in mine:
            joining.set(theirs.filter(pk=pk), ended_at=at)
    joining.set(theirs, customer_id=joining.survivor_id)
