"""Opening the archive of a lead (CUS-001)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefu.customers import queries
from kefu.customers.actions import Family, open_archive
from kefu.customers.choices import ContactKind
from kefu.customers.forms import ArchiveForm
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.organisation.models import User


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.ARCHIVE_EDIT)
def archive_form(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The mandatory fields; a shared phone number asks for the family link. A change of centre brings its doctors and managers."""
    user, at = request.user, now(request)
    customer = customer_of(request, customer_id)
    relatives = _same_phone(user, customer, request.POST.get("phone", ""))
    has_phone = customer.contacts.filter(kind=ContactKind.PHONE, active=True).exists()
    data = request.POST or (request.GET if request.GET.get("node") else None)
    form = ArchiveForm(
        data, user=user, customer=customer, has_phone=has_phone, relatives=relatives, initial=_initial(customer, user)
    )

    def render() -> HttpResponse:
        context = {"form": form, "customer": customer, "view": view_of(customer, at), "relatives": [view_of(one, at) for one in relatives],
                   "same_name": _same_name(user, customer, relatives, request)}  # fmt: skip
        return page(request, "customers/archive.html", context, partial="owners" if request.method == "GET" else "")

    if request.method != "POST":
        form.errors.clear()
        return render()
    if not form.is_valid():
        response = render()
        response.status_code = 422
        return response
    return act(
        request, lambda: _open(customer, form, user, request), form=form, render=render, success=_("档案已建立。"),
        to=reverse("customers:page", args=[customer.pk]),
    )  # fmt: skip


def _open(customer: Customer, form: ArchiveForm, user: User, request: StaffRequest) -> Customer:
    given = {name: value for name, value in form.cleaned_data.items() if name not in form.FAMILY}
    relative, relation = form.cleaned_data["relative"], form.cleaned_data["relation"]
    family = Family(relative, relation, form.cleaned_data["guardian"], form.cleaned_data["proxy"]) if relative else None
    return open_archive(customer=customer, family=family, by=user, at=now(request), **given)


def _initial(customer: Customer, user: User) -> dict[str, object]:
    """What is known already; the person at the desk is the likely manager or doctor."""
    access = access_of(user)
    return {
        "name": customer.name, "sex": customer.sex, "birth_date": customer.birth_date, "age": customer.age_stated, "source": customer.source_id,
        "remarks": customer.remarks, "node": customer.node_id,
        "doctor": customer.doctor_id or (user.pk if access.has_role("doctor", customer.node_id) else None),
        "health_manager": customer.health_manager_id or (user.pk if access.has_role("health_manager", customer.node_id) else None),
    }  # fmt: skip


def _same_phone(user: User, customer: Customer, typed: str) -> list[Customer]:
    values = [*customer.contacts.filter(kind=ContactKind.PHONE, active=True).values_list("value", flat=True), typed]
    found = {one.pk: one for value in values if value for one in queries.with_phone(user, value)}
    found.pop(customer.pk, None)
    return list(found.values())


def _same_name(
    user: User, customer: Customer, relatives: list[Customer], request: StaffRequest
) -> list[dict[str, object]]:
    known = {one.pk for one in relatives}
    others = queries.possible_duplicates(user, name=customer.name, birth_date=customer.birth_date, besides=customer.pk)
    return [
        {"view": view_of(one, now(request)), "node": one.node, "why": _("同名")}
        for one in others
        if one.pk not in known
    ]
