"""Beginning an interview, keeping what is typed, handing it over, dropping it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.consultations.choices import ConsultationState
from kefu.consultations.events import ConsultationHandedOver
from kefu.consultations.models import Consultation, DraftHandover
from kefu.consultations.rights import CONDUCT, held_by, holds, may_take, require_holder
from kefu.consultations.sentences import HANDED_OVER
from kefu.consultations.trail import given_reason, locked_draft, written
from kefu.customers.choices import Stage
from kefu.customers.holding import held
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, nothing_changed, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.questionnaires.actions.sheets import keep_draft, open_sheet
from kefu.questionnaires.queries import published_version

INTERVIEW = "interview"
TRAIL_EVERY = timedelta(minutes=5)
"""A draft is kept every few seconds, which is one fact to the trail, not hundreds."""


@action
def start(*, customer: Customer, by: User, at: datetime) -> Consultation:
    """Begin an interview of an own customer on the questions in use, or answer the draft the doctor has already (JRN-004).

    Raises Refused `draft_exists` while a colleague interviews the customer, `customer_closed`, `not_published`.
    """
    require(by, CONDUCT, customer=customer)
    locked = held(customer)
    if locked.stage == Stage.CLOSED:
        raise Refused("customer_closed", _("客户档案已关闭，请先恢复。"))
    open_draft = Consultation.objects.filter(customer=locked, state=ConsultationState.DRAFT).first()
    if open_draft is not None:
        if not holds(by, open_draft):
            raise held_by(open_draft)
        nothing_changed()
        return open_draft
    sheet = open_sheet(version=published_version(INTERVIEW), by=by, at=at)
    made = Consultation.objects.create(customer=locked, doctor=by, sheet=sheet, started_at=at)
    written("started", made, by=by, at=at, changes={"version": (None, sheet.version.number)})
    return made


@action
def autosave(
    *, consultation: Consultation, answers: Mapping[str, object], revision: int | None = None, by: User, at: datetime
) -> Consultation:
    """Keep what was typed so far, right or wrong. Raises Refused when saved meanwhile, held by a colleague, or changed elsewhere."""
    draft = locked_draft(consultation)
    require_holder(by, draft)
    last = draft.sheet.saved_at
    draft.sheet = keep_draft(sheet=draft.sheet, answers=answers, revision=revision, at=at)
    if draft.sheet.revision > 2 and at - last < TRAIL_EVERY:
        nothing_changed()
    else:
        written("drafted", draft, by=by, at=at)
    return draft


@action
def hand_over(*, consultation: Consultation, doctor: User, reason: str, by: User, at: datetime) -> Consultation:
    """Give a draft to another doctor of the centre, who finishes it and may read it from then on.

    By the holder, or by a doctor whose own customer it is. Raises Invalid on `doctor` or `reason`.
    """
    draft = locked_draft(consultation)
    if holds(by, draft):
        require_holder(by, draft)
    else:
        require(by, CONDUCT, customer=draft.customer)
    return _pass(draft, doctor, given_reason(reason), by, at)


@within_action
def pass_on(*, consultation: Consultation, doctor: User, reason: str, by: User, at: datetime) -> None:
    """Give a draft to another doctor because its holder leaves; nobody reads it on the way. Raises Invalid as `hand_over`."""
    _pass(locked_draft(consultation), doctor, given_reason(reason), by, at)


@action
def discard(*, consultation: Consultation, reason: str, by: User, at: datetime) -> Consultation:
    """Drop a draft that should not have been begun; it stays on record with the reason. Raises Invalid on `reason`."""
    draft = locked_draft(consultation)
    require_holder(by, draft)
    draft.state, draft.discarded_reason = ConsultationState.DISCARDED, given_reason(reason)
    draft.save(update_fields=["state", "discarded_reason"])
    written("discarded", draft, by=by, at=at, reason=draft.discarded_reason)
    return draft


def _pass(draft: Consultation, doctor: User, said: str, by: User, at: datetime) -> Consultation:
    if doctor.pk == draft.doctor_id or not doctor.is_active or not may_take(doctor, draft.customer.node_id):
        raise Invalid.one("doctor", "not_a_doctor_here", _("请选本中心另一位可以问诊的医生"))
    giver = draft.doctor
    DraftHandover.objects.create(consultation=draft, giver=giver, taker=doctor, reason=said, by=by, at=at)
    draft.doctor = doctor
    draft.save(update_fields=["doctor"])
    written("handed_over", draft, by=by, at=at, reason=said, changes={"doctor": (giver.job_number, doctor.job_number)})
    tell(users=[doctor], code="consultations.handed_over", at=at, text=HANDED_OVER(doctor=giver.name),
         link=reverse("consultations:consultation", args=[draft.pk]), customer_id=draft.customer_id)  # fmt: skip
    announce(ConsultationHandedOver(draft.pk, draft.customer_id, doctor.pk, said, by, at))
    return draft
