"""Saving an interview, which gives the archive number, and correcting one, which never changes what was saved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.consultations.actions.drafts import start
from kefu.consultations.choices import ConsultationState
from kefu.consultations.events import ConsultationCorrected, ConsultationSaved
from kefu.consultations.gates import KIND, pass_gate
from kefu.consultations.models import Consultation
from kefu.consultations.rights import CONDUCT, holds, require_holder
from kefu.consultations.sentences import CORRECTED, SAVED
from kefu.consultations.trail import given_reason, locked_draft, written
from kefu.customers.actions import issue_archive_number, record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action
from kefu.foundation.events.bus import announce
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.questionnaires.actions.sheets import finalise, open_sheet

Given = Mapping[str, object]


@action
def save(
    *, consultation: Consultation, answers: Given, revision: int | None = None, by: User, at: datetime
) -> Consultation:
    """Save an interview: check the answers, compute scores and alerts, issue the archive number if missing (JRN-004, CUS-004).

    Raises Invalid with one error per faulty question (the field is its code), Refused or Forbidden by the gate, Refused when
    saved meanwhile, held by a colleague, or changed elsewhere. The sex on the archive decides which questions are asked.
    """
    draft = locked_draft(consultation)
    require_holder(by, draft)
    pass_gate(draft, by=by, at=at)
    draft.sheet = finalise(
        sheet=draft.sheet, answers=answers, facts={"sex": draft.customer.sex}, revision=revision, at=at
    )
    draft.doctor, draft.state, draft.saved_at = by, ConsultationState.SAVED, at
    corrected = _supersede(draft)
    draft.save(update_fields=["doctor", "state", "saved_at"])
    number = issue_archive_number(customer=draft.customer, by=by, at=at)
    if corrected is None:
        _tell_saved(draft, number, by=by, at=at)
    else:
        _tell_corrected(draft, corrected, by=by, at=at)
    return draft


@action
def correct(*, consultation: Consultation, reason: str, by: User, at: datetime) -> Consultation:
    """Begin a correction: a draft with the saved answers on the same questions, which replaces the saved one when it is saved.

    Raises Refused unless it is the customer's saved interview and nobody has a draft open; Invalid on `reason`.
    """
    if not holds(by, consultation):
        require(by, CONDUCT, customer=consultation.customer)
    require(by, CONDUCT, node_id=consultation.customer.node_id)
    hold(consultation.customer_id)
    saved = Consultation.objects.select_related("customer", "sheet__version").get(pk=consultation.pk)
    if saved.state != ConsultationState.SAVED:
        raise Refused("not_saved", _("只能更正已保存、没有被更正过的问诊。"))
    if Consultation.objects.filter(customer=saved.customer, state=ConsultationState.DRAFT).exists():
        raise _unfinished()
    sheet = open_sheet(version=saved.sheet.version, answers=saved.sheet.answers, by=by, at=at)
    draft = Consultation.objects.create(
        customer=saved.customer, doctor=by, sheet=sheet, corrects=saved, reason=given_reason(reason), started_at=at
    )
    written("correction_started", draft, by=by, at=at, reason=draft.reason)
    return draft


@action
def conduct(*, customer: Customer, answers: Given, by: User, at: datetime) -> Consultation:
    """Begin and save an interview in one step, on top of a draft the doctor may have open. Raises as `start` and `save`."""
    draft = start(customer=customer, by=by, at=at)
    if draft.corrects_id:
        raise _unfinished()
    return save(consultation=draft, answers={**draft.sheet.answers, **answers}, by=by, at=at)


def _unfinished() -> Refused:
    return Refused("draft_exists", _("这位客户还有一份没保存的问诊，请先保存或作废它。"))


def _supersede(draft: Consultation) -> Consultation | None:
    if draft.corrects_id is None:
        return None
    corrected = (
        Consultation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("sheet")
        .get(pk=draft.corrects_id)
    )
    corrected.state = ConsultationState.SUPERSEDED
    corrected.save(update_fields=["state"])
    return corrected


def _tell_saved(saved: Consultation, number: str, *, by: User, at: datetime) -> None:
    written(
        "saved",
        saved,
        by=by,
        at=at,
        changes={"version": (None, saved.sheet.version.number), "archive_number": (None, number)},
    )
    record_fact(
        customer=saved.customer,
        kind=FactKind.CONSULTATION,
        item=SAVED,
        subject=Subject(KIND, saved.pk),
        by=by,
        at=at,
    )
    announce(ConsultationSaved(saved.pk, saved.customer_id, by, at))


def _tell_corrected(saved: Consultation, corrected: Consultation, *, by: User, at: datetime) -> None:
    before, after = corrected.sheet.answers, saved.sheet.answers
    changed = {
        code: (before.get(code), after.get(code)) for code in {**before, **after} if before.get(code) != after.get(code)
    }
    written(
        "corrected",
        saved,
        by=by,
        at=at,
        reason=saved.reason,
        changes={"corrects": (None, corrected.pk)},
        personal=changed,
    )
    record_fact(customer=saved.customer, kind=FactKind.CONSULTATION, item=CORRECTED, lines=[saved.reason],
                subject=Subject(KIND, saved.pk), by=by, at=at)  # fmt: skip
    announce(ConsultationCorrected(saved.pk, corrected.pk, saved.customer_id, saved.reason, by, at))
