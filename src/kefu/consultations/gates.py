"""The points at which modules above may refuse: the journey's order, the doctor's certificate."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.consultations.models import Consultation
from kefu.foundation.audit.trail import Subject
from kefu.foundation.gates.registry import check, declare
from kefu.kernel.errors import KefuError
from kefu.organisation.models import User

SAVE = "consultations.consultation.save"
CORRECT = "consultations.consultation.correct"
KIND = "consultations.consultation"


def _start(customer_id: int) -> str:
    return reverse("consultations:new", args=[customer_id])


declare(SAVE, _("保存问诊"), url=_start)
declare(CORRECT, _("更正问诊"))


def pass_gate(consultation: Consultation, *, by: User, at: datetime) -> None:
    """Ask whether this draft may be saved. Raises what the modules above raise (Refused, Forbidden)."""
    gate = CORRECT if consultation.corrects_id else SAVE
    check(gate, by=by, at=at, customer_id=consultation.customer_id, subject=Subject(KIND, consultation.pk))


def refusal(consultation: Consultation, *, by: User, at: datetime) -> KefuError | None:
    """Why saving would be refused now, so that a doctor hears it before the interview and not after it."""
    try:
        with transaction.atomic():
            pass_gate(consultation, by=by, at=at)
    except KefuError as error:
        return error
    return None
