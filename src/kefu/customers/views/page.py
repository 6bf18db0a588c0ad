"""The customer page: head card, tabs of all modules, and the timeline (CUS-007, SEC-001, SEC-003)."""

from __future__ import annotations

from copy import copy
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kefu.customers import queries
from kefu.customers.cautions import all_cautions
from kefu.customers.choices import ContactKind, Stage
from kefu.customers.forms import ContactForm, FamilyForm, IdentityForm, PaperForm
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import STAGES, grade_shown, person, view_of
from kefu.customers.queries.facts import has_died, topics_for
from kefu.customers.rules import mask_number
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.assignments.queries import open_offers
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.slots.registry import CustomerTab, slots
from kefu.foundation.ui.http import is_part, now, page
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User

TIMELINE = "timeline"


@require_GET
@needs(CustomerPermission.ARCHIVE_VIEW)
def customer_page(request: StaffRequest, customer_id: int, tab: str = TIMELINE) -> HttpResponse:
    """The whole page with one tab open; htmx asks for the tab alone. Opening the page is one read in the trail."""
    user, at = request.user, now(request)
    try:
        customer = customer_of(request, customer_id)
    except OutOfScope:
        return _to_survivor(request, customer_id, tab)
    entry = next((one for one in _tabs(user, customer) if one.code == tab), None)
    if entry is None:
        raise OutOfScope()
    if is_part(request):
        return entry.render(request, customer)
    panel = entry.render(_inner(request), customer)
    record_read("customers.customer.read", by=user, at=at, customer_id=customer.pk, node_id=customer.node_id,
                subject=Subject("customers.customer", customer.pk))  # fmt: skip
    context = _head(customer, user, at) | {
        "panel": panel.content.decode(),
        "tabs": [
            {"label": one.label, "url": _tab_url(customer, one.code), "current": one is entry}
            for one in _tabs(user, customer)
        ],
    }
    return page(request, "customers/page.html", context)


def _to_survivor(request: StaffRequest, customer_id: int, tab: str) -> HttpResponse:
    """The page of one who became part of another customer leads there. Raises OutOfScope."""
    survivor = customer_of(request, queries.survivor_of(customer_id) or customer_id)
    messages.info(request, _("您打开的档案已并入这位客户。"))
    return redirect(_tab_url(survivor, tab))


def _inner(request: StaffRequest) -> StaffRequest:
    """The same request as htmx would make it: a panel inside the page needs no frame of its own."""
    inner = copy(request)
    inner.htmx = True  # type: ignore[attr-defined]
    return inner


def _tabs(user: User, customer: Customer) -> list[CustomerTab]:
    entries = sorted(slots.tabs.values(), key=lambda entry: entry.order)
    return [entry for entry in entries if allowed(user, entry.permission, customer=None if entry.pooled else customer)]


def _tab_url(customer: Customer, code: str) -> str:
    if code == TIMELINE:
        return reverse("customers:page", args=[customer.pk])
    return reverse("customers:tab", args=[customer.pk, code])


def _head(customer: Customer, user: User, at: datetime) -> dict[str, object]:
    contacts = queries.contact_views(customer)
    check = queries.identity_check_of(customer, at)
    return {
        "customer": customer,
        "view": view_of(customer, at, grade_shown(customer)),
        "status": STAGES[Stage(customer.stage)],
        "manager": person(customer.health_manager, user),
        "doctor": person(customer.doctor, user),
        "cautions": all_cautions(customer, at),
        "dead": has_died(customer.pk) if customer.stage == Stage.CLOSED else False,
        "contacts": contacts,
        "phones": [one for one in contacts if one.contact.kind == ContactKind.PHONE],
        "card": mask_number(customer.card_number),
        "check": check,
        "checker": person(check.by, user) if check else None,
        "told": topics_for(check.link, localdate(at)) if check and check.link else None,
        "family": queries.family_of(customer),
        "last": queries.last_contact(customer),
        "offers": open_offers(Subject("customers.customer", customer.pk)),
        "may": _rights(user, customer),
        "identity_form": IdentityForm(customer=customer),
        "papers": customer.papers.filter(active=True),
        "paper_form": PaperForm(auto_id="paper_%s"),
        "contact_form": ContactForm(),
        "family_form": FamilyForm(),
        **_slots(user, customer, at),
    }


def _rights(user: User, customer: Customer) -> dict[str, bool]:
    edit = allowed(user, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    assign = allowed(user, CustomerPermission.OWNER_ASSIGN, customer=customer)
    medical = allowed(user, CustomerPermission.MEDICAL_VIEW, customer=customer)
    resting = customer.restricted_at is not None or customer.erased_at is not None
    closed, in_pool = resting or customer.stage == Stage.CLOSED, customer.health_manager_id is None
    owns = bool(customer.owner_ids & access_of(user).persons)
    return {
        "open": edit and customer.stage == Stage.LEAD and not resting,
        "edit": edit and not closed,
        "close": (edit or assign) and not closed,
        "reopen": (edit or assign) and closed and not resting,
        "correct_death": assign and not resting,
        "reveal": allowed(user, CustomerPermission.CONTACT_REVEAL, customer=customer),
        "medical": medical,
        "assign": assign and not closed,
        "privacy": allowed(user, CustomerPermission.PRIVACY_ASK, customer=customer)
        or allowed(user, CustomerPermission.PRIVACY_DECIDE, customer=customer),
        "take_away": (not resting and medical) or allowed(user, CustomerPermission.SUBJECT_EXPORT, customer=customer),
        "merge": allowed(user, CustomerPermission.MERGE, customer=customer) and not closed,
        "hand_over": (assign or owns) and not closed and customer.stage == Stage.ACTIVE,
        "take": edit and in_pool and not closed and access_of(user).has_role("health_manager", customer.node_id),
    }


def _slots(user: User, customer: Customer, at: datetime) -> dict[str, object]:
    """Parts of other modules: those named `next…` stand beside the name, the others below the cautions."""
    beside: list[str] = []
    below: list[str] = []
    for head in sorted(slots.heads.values(), key=lambda entry: entry.order):
        if allowed(user, head.permission, customer=customer):
            part = render_to_string(
                head.template, {**head.context(user, customer, at), "customer": customer, "now": at}
            )
            (beside if head.code.startswith("next") else below).append(part)
    return {"beside": [part for part in beside if part.strip()], "below": [part for part in below if part.strip()]}
