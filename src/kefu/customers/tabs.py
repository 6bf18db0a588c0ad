"""The panels this module puts on the customer page."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers import queries
from kefu.customers.choices import FactKind
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import spans
from kefu.customers.queries.reading import hidden_kinds
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.slots.registry import slots
from kefu.foundation.ui.http import Keyset, now

FILTERS = (
    ("test", _("检测"), (FactKind.TEST, FactKind.KIT, FactKind.SAMPLE)),
    ("report", _("报告"), (FactKind.REPORT,)),
    ("purchase", _("购买"), (FactKind.PURCHASE, FactKind.DISPATCH, FactKind.SPENDING)),
    ("followup", _("回访"), (FactKind.FOLLOWUP, FactKind.CONTACT, FactKind.MESSAGE)),
    ("survey", _("满意度"), (FactKind.SURVEY,)),
    ("complaint", _("投诉"), (FactKind.COMPLAINT,)),
)
LOOKED_AT = {
    "customers.customer.read": _("客户页面"),
    "customers.medical.read": _("健康资料"),
    "customers.timeline.read": _("时间线"),
    "customers.contact.revealed": _("联系方式"),
}
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


def readers_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """谁看过: who read, revealed, printed or exported, and who was responsible when (SEC-003, ORG-010)."""
    person = cast(Customer, customer)
    keyset = Keyset(queries.readers(person), order=("-at", "-id"), size=LINES, cursor=request.GET.get("after", ""))
    rows = [{"entry": entry, "kind": Kind(entry.kind).label, "what": _looked_at(entry.code)} for entry in keyset.rows]
    context = {
        "customer": person,
        "keyset": keyset,
        "rows": rows,
        "history": queries.ownership_history(person)[:LINES],
        "now": now(request),
    }
    return render(request, "customers/readers.html", context)


def _looked_at(code: str) -> object:
    """The words of what was read: our own, else the tab of the module that wrote the row."""
    module = code.partition(".")[0]
    tabs = (tab.label for tab in slots.tabs.values() if tab.render.__module__.split(".")[1] == module)
    return LOOKED_AT.get(code) or next(tabs, "")
