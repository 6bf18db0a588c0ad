"""The tab of what colleagues must know: flags, incidents, card, days of life, who may be told what."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from kefu.customers.choices import FlagKind, Stage
from kefu.customers.facts_forms import CARD_FIELDS, CardForm, DayOfLifeForm, FlagForm, IncidentForm, TellingForm
from kefu.customers.limits import LIFE_DAYS
from kefu.customers.models import BusinessCard, Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.facts import coming_days, confidants, days_of_life, flags_of
from kefu.customers.referrals_forms import MomentForm
from kefu.customers.rights import INCIDENT_RIGHT, flag_right
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import now
from kefu.organisation.models import User

INCIDENTS = 20


def facts_url(customer_id: int) -> str:
    """Where these facts are read and written."""
    return reverse("customers:tab", args=[customer_id, "facts"])


def _may_read_incidents(user: User, customer: Customer) -> bool:
    """They speak of somebody's state: for those who serve the customer or answer for the centre, not for everybody who sees the name."""
    rights = (CustomerPermission.ARCHIVE_EDIT, CustomerPermission.MEDICAL_VIEW, CustomerPermission.FLAG_WARN)
    return any(allowed(user, right, customer=customer) for right in rights)


def facts_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """了解与照顾: what to mind, the business card, days of life, and who may be told what (CUS-031 to CUS-034)."""
    person, user, at = cast(Customer, customer), request.user, now(request)
    today = timezone.localdate(at)
    card = BusinessCard.objects.filter(customer=person).select_related("filed_by").first()
    edit = allowed(user, CustomerPermission.ARCHIVE_EDIT, customer=person) and person.stage != Stage.CLOSED
    kinds = (
        [kind for kind in FlagKind if allowed(user, flag_right(kind), customer=person)]
        if person.stage != Stage.CLOSED
        else []
    )
    context = {
        "customer": person, "flags": [(flag, allowed(user, flag_right(flag.kind), customer=person)) for flag in flags_of(person)], "card": card, "days": days_of_life(person), "may_edit": edit,
        "ended": person.flags.filter(ended_at__isnull=False).select_related("ended_by"), "confidants": confidants(person, today),
        "coming": coming_days(person, today, LIFE_DAYS.on(at)), "incidents": person.incidents.select_related("by")[:INCIDENTS] if _may_read_incidents(user, person) else [],
        "may_reveal": allowed(user, CustomerPermission.CONTACT_REVEAL, customer=person), "may_warn": allowed(user, CustomerPermission.FLAG_WARN, customer=person), "now": at,
        "flag_form": FlagForm(auto_id="flag_%s").offer(kinds) if kinds else None,
        "incident_form": IncidentForm(auto_id="incident_%s") if allowed(user, INCIDENT_RIGHT, customer=person) else None,
        "card_form": CardForm(initial={name: getattr(card, name) for name in CARD_FIELDS} if card else None, auto_id="card_%s"),
        "moment_form": MomentForm(auto_id="moment_%s") if person.stage != Stage.CLOSED else None, "day_form": DayOfLifeForm(auto_id="day_%s"), "telling_form": TellingForm(auto_id="telling_%s"),
    }  # fmt: skip
    return render(request, "customers/facts.html", context)
