"""Changing the archive; two people who change the same fields choose field by field."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.customers import queries
from kefu.customers.actions import update_archive
from kefu.customers.details import EDITABLE, snapshot
from kefu.customers.forms import EditForm
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.rules import Merged, mask_number, three_way
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.ui.http import act, now, page, put_errors
from kefu.kernel.errors import Invalid, Refused


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.ARCHIVE_EDIT)
def edit_form(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """All fields of the archive. The form carries what it began from, so that only true conflicts are asked about (CUS-002)."""
    customer = customer_of(request, customer_id)
    medical = allowed(request.user, CustomerPermission.MEDICAL_EDIT, customer=customer)
    form = EditForm(request.POST or None, medical=medical, initial=_initial(request, customer, medical))

    def render(status: int = 200) -> HttpResponse:
        context = {"form": form, "customer": customer, "view": view_of(customer, now(request))}
        return page(request, "customers/edit.html", context, status=status)

    if request.method != "POST":
        _tell_reading(request, customer, medical)
        return render()
    if not form.is_valid():
        return render(422)
    try:
        _save(request, customer, form)
    except Invalid as error:
        put_errors(form, error)
        return render(422)
    except Refused as error:
        if error.code != "changed_meanwhile":
            form.add_error(None, str(error))
            return render(409)
        return _merge(request, customer, form)
    messages.success(request, _("已保存。"))
    return redirect("customers:page", customer.pk)


def _save(request: StaffRequest, customer: Customer, form: EditForm) -> None:
    """Only what the person changed: fields left alone are not touched."""
    changes = {name: form.cleaned_data[name] for name in EDITABLE if name in form.fields and name in form.changed_data}
    update_archive(
        customer=customer, changes=changes, version=form.cleaned_data["version"], by=request.user, at=now(request)
    )


def _merge(request: StaffRequest, customer: Customer, form: EditForm) -> HttpResponseBase:
    """What only I changed is saved over the colleague's version; what both changed is asked."""
    merged = _three_way(request, customer, form)
    given = form.cleaned_data
    mine = {name: given[name] for name in merged.changes}
    if not merged.conflicts:
        update_archive(customer=customer, changes=mine, version=customer.version, by=request.user, at=now(request))
        messages.success(request, _("已保存；同事刚才改的内容也都在。"))
        return redirect("customers:page", customer.pk)
    kept = {name: _text(given[name]) for name in (*merged.changes, *merged.conflicts)}
    request.session[_key(customer)] = {"mine": kept, "conflicts": merged.conflicts, "version": customer.version}
    return _ask(request, customer, form, merged.conflicts, kept)


def _three_way(request: StaffRequest, customer: Customer, form: EditForm) -> Merged:
    base: dict[str, str] = json.loads(form.cleaned_data["base"])
    fields = [name for name in EDITABLE if name in form.fields]
    mine = {name: _text(form.cleaned_data[name]) for name in fields}
    return three_way(base, mine, _texts(request, customer, fields))


def _ask(
    request: StaffRequest, customer: Customer, form: EditForm, conflicts: list[str], mine: dict[str, str]
) -> HttpResponse:
    theirs = _texts(request, customer, conflicts)
    shown = {name: dict(getattr(form.fields[name], "choices", [])) for name in conflicts}
    rows = [
        {"name": name, "label": form.fields[name].label, "mine": shown[name].get(mine[name], mine[name]) or _("（空）"),
         "theirs": shown[name].get(theirs[name], theirs[name]) or _("（空）"), "pick": "mine"}
        for name in conflicts
    ]  # fmt: skip
    last = queries.last_change(customer)
    context = {
        "customer": customer, "view": view_of(customer, now(request)), "rows": rows, "when": last.at if last else None,
        "who": last.by.name if last and last.by else _("同事"), "url": reverse("customers:resolution", args=[customer.pk]),
    }  # fmt: skip
    return page(request, "customers/conflict.html", context, status=409)


@require_POST
@needs(CustomerPermission.ARCHIVE_EDIT)
def resolution(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Save what was picked field by field; what did not conflict is saved as well."""
    customer = customer_of(request, customer_id)
    kept = request.session.pop(_key(customer), None)
    if kept is None:
        return redirect("customers:edit", customer.pk)
    all_theirs = request.POST.get("all") == "theirs"
    dropped = {name for name in kept["conflicts"] if all_theirs or request.POST.get(name) == "theirs"}
    mine = {name: value for name, value in kept["mine"].items() if name not in dropped}
    form = EditForm(
        {**_texts(request, customer, EDITABLE), **mine, "version": "0", "base": "-"}, medical="medical_history" in mine
    )
    form.is_valid()
    changes: dict[str, Any] = {name: form.cleaned_data.get(name) for name in mine}
    return act(
        request, lambda: update_archive(customer=customer, changes=changes, version=kept["version"], by=request.user, at=now(request)),
        success=_("已保存。"), to=reverse("customers:page", args=[customer.pk]),
    )  # fmt: skip


def _initial(request: StaffRequest, customer: Customer, medical: bool) -> dict[str, object]:
    fields = [name for name in EDITABLE if medical or name != "medical_history"]
    values = {name: value for name, value in _shown(request, customer).items() if name in fields}
    return values | {
        "version": customer.version,
        "base": json.dumps(_texts(request, customer, fields), ensure_ascii=False),
    }


def _shown(request: StaffRequest, customer: Customer) -> dict[str, object]:
    """The fields as they stand in the form: the card's number is masked, and left alone unless somebody writes another."""
    values = snapshot(customer, now(request))
    return values | {"card_number": mask_number(customer.card_number)}


def _texts(request: StaffRequest, customer: Customer, fields: Any) -> dict[str, str]:
    values = _shown(request, customer)
    return {name: _text(values[name]) for name in fields}


def _text(value: object) -> str:
    """A value as the form writes it, so that three versions can be compared."""
    if value is None or value is False:
        return ""
    return str(getattr(value, "pk", value)).replace("\r\n", "\n")


def _key(customer: Customer) -> str:
    return f"customers.conflict.{customer.pk}"


def _tell_reading(request: StaffRequest, customer: Customer, medical: bool) -> None:
    """The form shows the archive, and the medical history to those who may see it."""
    code = "customers.medical.read" if medical else "customers.customer.read"
    record_read(code, by=request.user, at=now(request), customer_id=customer.pk, node_id=customer.node_id,
                subject=Subject("customers.customer", customer.pk))  # fmt: skip
