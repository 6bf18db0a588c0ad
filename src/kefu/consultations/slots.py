"""What consultations put on the pages of others: the tab 问诊, the drafts on the workbench, the place in the navigation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kefu.consultations import queries
from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.consultations.permissions import ConsultationPermission
from kefu.consultations.presentation import line
from kefu.consultations.sentences import MERGED
from kefu.customers.erasing import erases, scrub, service
from kefu.customers.merging import Joining, combine
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.subject_data import contribute
from kefu.foundation.access.checks import allowed
from kefu.foundation.audit.trail import record_read
from kefu.foundation.slots.registry import CustomerTab, NavItem, WorkItem, register, register_work
from kefu.foundation.ui.http import now
from kefu.organisation.models import User

AT_MOST = 200
SHOWN = 20


def panel(request: HttpRequest, customer: object) -> HttpResponse:
    """The tab 问诊: the findings of the newest interview, alerts first, and the earlier ones."""
    owner, user, at = cast(Customer, customer), cast(User, request.user), now(request)
    medical = allowed(user, CustomerPermission.MEDICAL_VIEW, customer=owner)
    rows = list(queries.of_customer(user, owner)[:SHOWN]) if medical else []
    newest = next((row for row in rows if row.state == ConsultationState.SAVED), None)
    if newest is not None:
        record_read("consultations.customer.read", by=user, at=at, customer_id=owner.pk, node_id=owner.node_id)
    context = {
        "customer": owner,
        "medical": medical,
        "lines": [line(row, user, at) for row in rows],
        "newest": line(newest, user, at) if newest else None,
        "findings": queries.findings(newest) if newest else None,
        "may_conduct": allowed(user, ConsultationPermission.CONDUCT, customer=owner),
    }
    return render(request, "consultations/panel.html", context)


def unfinished(user: User, at: datetime) -> Iterable[WorkItem]:
    """The interviews a doctor has begun and not saved."""
    if not queries.conducts(user):
        return
    for draft in queries.drafts_of(user)[:AT_MOST]:
        customer = draft.customer
        age = customer.age(timezone.localdate(at))
        yield WorkItem(
            group="journey", label=_("问诊"), icon="stethoscope", what=str(_("问诊还没保存")), verb=_("继续问诊"),
            url=reverse("consultations:consultation", args=[draft.pk]), started_at=draft.started_at,
            why=str(_("更正原因：%(reason)s") % {"reason": draft.reason}) if draft.corrects_id else "",
            customer_id=customer.pk, customer_name=customer.name,
            customer_note=" ".join(str(part) for part in (customer.get_sex_display(), age) if part is not None and part != ""),
        )  # fmt: skip


def unite(joining: Joining) -> None:
    """All interviews move to the surviving customer; of two open drafts the merged customer's is dropped, since only one may be open."""
    theirs = Consultation.objects.filter(customer_id=joining.merged_id)
    if Consultation.objects.filter(customer_id=joining.survivor_id, state=ConsultationState.DRAFT).exists():
        drafts = theirs.filter(state=ConsultationState.DRAFT)
        joining.set(drafts, state=ConsultationState.DISCARDED.value, discarded_reason=MERGED.code)
    joining.set(theirs, customer_id=joining.survivor_id)


contribute("consultations.Consultation", "customer", _("问诊"), erase=scrub("reason", "discarded_reason"))
contribute("consultations.DraftHandover", "consultation__customer", _("问诊移交"), erase=scrub("reason"))
erases(
    "questionnaires.AnswerSheet",
    "customer",
    scrub("answers", "scores", "alerts"),
    over="consultations.Consultation",
    key="sheet",
)
service("consultations.Consultation", "customer", "started_at")
register(
    CustomerTab("consultations", _("问诊"), 30, ConsultationPermission.VIEW, panel),
    NavItem(
        "customers",
        20,
        pgettext_lazy("navigation", "问诊"),
        "stethoscope",
        "consultations:consultations",
        ConsultationPermission.VIEW,
    ),
)
register_work("consultations", unfinished)
combine("consultations.Consultation", "customer", unite, _("问诊"))
