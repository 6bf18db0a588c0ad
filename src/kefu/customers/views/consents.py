"""What a customer agrees to: giving, withdrawing, the sheet to sign, and the texts an administrator maintains (SEC-001)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.views.editing import edit
from kefu.customers import actions
from kefu.customers.choices import ConsentScope
from kefu.customers.consent_forms import ConsentForm, ConsentTextForm
from kefu.customers.models import ConsentText, Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries.consents import CONSENT, ledger, text_asked, texts_in_use, versions_of
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.errors import OutOfScope

RECORD, TEXTS = CustomerPermission.CONSENT_RECORD, CustomerPermission.CONSENT_TEXTS


@require_http_methods(["GET", "POST"])
@needs(RECORD)
def giving(request: StaffRequest, customer_id: int, scope: str) -> HttpResponseBase:
    """The customer agrees: the words stand above the form."""
    return _said(request, customer_id, scope, giving=True)


@require_http_methods(["GET", "POST"])
@needs(RECORD)
def withdrawal(request: StaffRequest, customer_id: int, scope: str) -> HttpResponseBase:
    """The customer withdraws."""
    return _said(request, customer_id, scope, giving=False)


def _said(request: StaffRequest, customer_id: int, scope: str, *, giving: bool) -> HttpResponseBase:
    customer, text = customer_of(request, customer_id), _text(scope)
    form = ConsentForm(request.POST or None, request.FILES or None, customer=customer)
    write = actions.give_consent if giving else actions.withdraw_consent
    context = {
        "text": text, "customer": customer, "view": view_of(customer, now(request)), "giving": giving, "back": _tab(customer),
        "title": _("登记同意") if giving else _("撤回同意"),
    }  # fmt: skip
    return edit(
        request, form, "customers/consent_form.html", context=context, to=_tab(customer),
        success=_("同意已登记。") if giving else _("撤回已登记，马上生效。"),
        run=lambda: write(customer=customer, scope=scope, **form.cleaned_data, by=request.user, at=now(request)),
    )  # fmt: skip


@require_GET
@needs(CustomerPermission.ARCHIVE_VIEW)
def consent(request: StaffRequest, customer_id: int, entry_id: int) -> HttpResponse:
    """One row of the ledger: the very words, who said it how, and the scan."""
    customer = customer_of(request, customer_id)
    entry = get_object_or_404(ledger(customer), pk=entry_id)
    context = {
        "customer": customer, "view": view_of(customer, now(request)), "entry": entry, "subject_kind": CONSENT, "back": _tab(customer)
    }  # fmt: skip
    return page(request, "customers/consent.html", context)


@require_POST
@needs(RECORD)
def sheet(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Print the sheet for signature and open it."""
    customer = customer_of(request, customer_id)
    return act(
        request, lambda: actions.print_consent_sheet(customer=customer, by=request.user, at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip


@require_GET
@needs(TEXTS)
def texts(request: StaffRequest) -> HttpResponse:
    """All texts in use."""
    return page(request, "customers/consent_texts.html", {"texts": texts_in_use()})


@require_http_methods(["GET", "POST"])
@needs(TEXTS)
def text_form(request: StaffRequest, scope: str) -> HttpResponseBase:
    """Write the next version of a text."""
    text = _text(scope)
    form = ConsentTextForm(request.POST or None, initial={"zh": text.zh, "en": text.en})
    context = {"text": text, "versions": versions_of(scope)}
    return edit(
        request, form, "customers/consent_text.html", context=context, success=_("新版本从现在起使用。"), to=reverse("customers:consent_texts"),
        run=lambda: actions.revise_consent_text(scope=scope, **form.cleaned_data, by=request.user, at=now(request)),
    )  # fmt: skip


def _text(scope: str) -> ConsentText:
    text = text_asked(scope) if scope in ConsentScope.values else None
    if text is None:
        raise OutOfScope()
    return text


def _tab(customer: Customer) -> str:
    return reverse("customers:tab", args=[customer.pk, "consents"])
