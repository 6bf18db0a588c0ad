"""How an interview looks in lists, on the customer page and above its sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.consultations.rights import holds
from kefu.customers.presentation import view_of
from kefu.foundation.ui.inputs import CustomerView, PersonView, Status
from kefu.organisation.models import User

LOOK = {
    ConsultationState.DRAFT: ("soon", "pencil"),
    ConsultationState.SAVED: ("done", "check"),
    ConsultationState.SUPERSEDED: ("quiet", "history"),
    ConsultationState.DISCARDED: ("quiet", "x"),
}


@dataclass(frozen=True)
class Line:
    """One interview: of whom, by whom, how far, when, and the verb that leads on."""

    customer: CustomerView
    doctor: PersonView
    status: Status
    at: datetime
    url: str
    verb: str
    mine: bool
    correction: bool


def line(consultation: Consultation, reader: User, at: datetime) -> Line:
    """An interview as listed for a reader."""
    state = ConsultationState(consultation.state)
    tone, icon = LOOK[state]
    mine = state == ConsultationState.DRAFT and holds(reader, consultation)
    return Line(
        customer=view_of(consultation.customer, at),
        doctor=PersonView(consultation.doctor.name, me=consultation.doctor_id == reader.pk),
        status=Status(tone, icon, state.label), at=consultation.saved_at or consultation.started_at,
        url=reverse("consultations:consultation", args=[consultation.pk]), verb=_("继续问诊") if mine else _("查看"),
        mine=mine, correction=consultation.corrects_id is not None,
    )  # fmt: skip
