"""The panels this module puts on the customer page."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers import queries
from kefu.customers.choices import FactKind, Stage
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import consent_status, spans
from kefu.customers.queries.consents import ledger, standings
from kefu.customers.queries.readers import API, LOOKS, WAYS, Asked, looks, readers
from kefu.customers.queries.reading import hidden_kinds
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, now

FILTERS = (
    ("test", _("检测"), (FactKind.TEST, FactKind.KIT, FactKind.SAMPLE)),
    ("report", _("报告"), (FactKind.REPORT,)),
    ("purchase", _("购买"), (FactKind.PURCHASE, FactKind.DISPATCH, FactKind.SPENDING)),
    ("followup", _("回访"), (FactKind.FOLLOWUP, FactKind.CONTACT, FactKind.MESSAGE)),
    ("survey", _("满意度"), (FactKind.SURVEY,)),
    ("complaint", _("投诉"), (FactKind.COMPLAINT,)),
)
LINES = 50


def timeline_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """时间线: every fact about the customer with item and amount, and what was spent (CUS-007)."""
    person, user, at = cast(Customer, customer), request.user, now(request)
    chosen = request.GET.get("kind", "")
    kinds = next((kinds for code, _label, kinds in FILTERS if code == chosen), ())
    keyset = Keyset(
        queries.timeline(person, kinds=kinds), order=("-at", "-id"), size=LINES, cursor=request.GET.get("after", "")
    )
    url = reverse("customers:page", args=[person.pk])
    options = [{"url": url, "label": _("全部"), "pressed": not kinds}]
    options += [
        {"url": f"{url}?kind={code}", "label": label, "pressed": code == chosen} for code, label, _kinds in FILTERS
    ]
    context = {
        "customer": person, "keyset": keyset, "spans": spans(keyset.rows, at, hidden=hidden_kinds(user, person)),
        "options": options, "total": queries.total_spending(person), "now": at,
    }  # fmt: skip
    return render(request, "customers/timeline.html", context)


def health_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """健康资料: medical history and what to mind; reading it is a row of its own in the trail."""
    person, user, at = cast(Customer, customer), request.user, now(request)
    record_read("customers.medical.read", by=user, at=at, customer_id=person.pk, node_id=person.node_id,
                subject=Subject("customers.customer", person.pk))  # fmt: skip
    may_edit = allowed(user, CustomerPermission.MEDICAL_EDIT, customer=person)
    return render(request, "customers/health.html", {"customer": person, "may_edit": may_edit})


def consents_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """同意: what the customer agrees to now, and every row of the ledger."""
    person = cast(Customer, customer)
    keyset = Keyset(ledger(person), order=("-at", "-id"), size=LINES, cursor=request.GET.get("after", ""))
    context = {
        "customer": person,
        "rows": [{"standing": one, "status": consent_status(one)} for one in standings(person)],
        "keyset": keyset,
        "may_record": allowed(request.user, CustomerPermission.CONSENT_RECORD, customer=person),
        "closed": person.stage == Stage.CLOSED,
        "now": now(request),
    }
    return render(request, "customers/consents.html", context)


class ReadersForm(KefuForm):
    """The filters, read leniently: what makes no sense counts as not given."""

    who = forms.CharField(label=_("同事姓名或工号"), required=False, max_length=60)
    since = forms.DateField(label=_("从"), required=False)
    until = forms.DateField(label=_("到"), required=False)

    def asked(self, kind: str) -> Asked:
        """What is looked for."""
        self.is_valid()
        given = self.cleaned_data
        return Asked(kind, (given.get("who") or "").strip(), given.get("since"), given.get("until"))


def readers_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """谁看过: who read, revealed, printed or exported, and who was responsible when (SEC-003, ORG-010)."""
    person, form = cast(Customer, customer), ReadersForm(request.GET)
    asked = form.asked(request.GET.get("kind", ""))
    keyset = Keyset(readers(person, asked), order=("-at", "-id"), size=LINES, cursor=request.GET.get("after", ""))
    context = {
        "customer": person,
        "keyset": keyset,
        "looks": looks(keyset.rows),
        "form": form,
        "asked": asked,
        "url": _tab(person, "readers"),
        "options": _options(request, person, asked),
        "history": queries.ownership_history(person)[:LINES],
        "merges": queries.merges_of(person)[:LINES],
        "may_merge": allowed(request.user, CustomerPermission.MERGE, customer=person),
        "now": now(request),
    }
    return render(request, "customers/readers.html", context)


def _options(request: StaffRequest, customer: Customer, asked: Asked) -> list[dict[str, object]]:
    kept = request.GET.copy()
    for name in ("kind", "after"):
        kept.pop(name, None)
    tail = f"&{kept.urlencode()}" if kept else ""
    kinds = [("", _("全部")), *((kind.value, kind.label) for kind in LOOKS), (API, WAYS[API])]
    return [
        {"url": f"{_tab(customer, 'readers')}?kind={code}{tail}", "label": label, "pressed": code == asked.kind}
        for code, label in kinds
    ]


def _tab(customer: Customer, code: str) -> str:
    return reverse("customers:tab", args=[customer.pk, code])
