"""Finding consultations and what is shown of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.consultations.permissions import ConsultationPermission
from kefu.customers.models import Customer
from kefu.foundation.access.queries import access_of, colleagues_with
from kefu.organisation.models import User
from kefu.questionnaires.reading import AnswerSection, ScoreLine, alert_words, answer_sections, score_lines

DOCTOR = "doctor"


@dataclass(frozen=True)
class Findings:
    """What a saved interview shows: alerts first, then scores by system, then the answers."""

    alerts: list[str]
    scores: list[ScoreLine]
    answers: list[AnswerSection]


def findings(consultation: Consultation) -> Findings:
    """Alerts, scores and answers of a saved interview in the reader's language."""
    sheet = consultation.sheet
    form = sheet.version.form
    return Findings(
        alert_words(form, sheet.alerts), score_lines(form, sheet.scores), answer_sections(form, sheet.answers)
    )


def listed(user: User) -> QuerySet[Consultation]:
    """The consultations a person may see, without answers, for lists."""
    rows = Consultation.objects.visible_to(user).select_related("customer", "doctor", "customer__node")
    return rows.exclude(state=ConsultationState.DISCARDED)


def consultations_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Consultation]:
    """The list as its page shows it: by state (`state`), newest first."""
    state, rows = asked.get("state", ""), listed(user).order_by("-started_at", "-id")
    return rows.filter(state=state) if state in ConsultationState.values else rows


def of_customer(user: User, customer: Customer) -> QuerySet[Consultation]:
    """One customer's consultations within a person's scope, newest first, with their sheets."""
    return listed(user).filter(customer=customer).select_related("sheet__version")


def drafts_of(user: User) -> QuerySet[Consultation]:
    """The drafts a person holds, or stands in for, oldest first."""
    held = Consultation.objects.filter(state=ConsultationState.DRAFT, doctor__in=access_of(user).persons)
    return held.select_related("customer", "sheet").order_by("started_at", "pk")


def takers(consultation: Consultation) -> QuerySet[User]:
    """The doctors of the centre who could take a draft over."""
    return colleagues_with(DOCTOR, consultation.customer.node_id).exclude(pk=consultation.doctor_id)


def conducts(user: User) -> bool:
    """Whether the person conducts interviews at all."""
    return access_of(user).may(ConsultationPermission.CONDUCT)
