"""A saved interview is never changed: a correction replaces it, with the reason, and both stay readable."""

from __future__ import annotations

import pytest

from kefu.consultations import actions
from kefu.consultations.choices import ConsultationState
from kefu.consultations.events import ConsultationCorrected
from kefu.consultations.gates import CORRECT
from kefu.consultations.models import Consultation
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.events import bus
from kefu.foundation.gates import registry
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.testing.cast import Cast

Answers = dict[str, object]


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The gates that were passed; nobody refuses."""
    passed: list[str] = []
    monkeypatch.setattr(registry, "_guards", [lambda passage: passed.append(passage.gate)])
    return passed


@pytest.fixture
def saved(cast: Cast, customer: Customer, answers: Answers, gates: list[str]) -> Consultation:
    """A saved interview."""
    return actions.conduct(customer=customer, answers=answers, by=cast.doctor, at=cast.at)


@pytest.mark.req("JRN-004", part="correction")
def test_a_correction_replaces_the_saved_interview_and_says_why(
    cast: Cast, saved: Consultation, answers: Answers, gates: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []
    monkeypatch.setitem(bus._subscribers, ConsultationCorrected, [heard.append])
    draft = actions.correct(consultation=saved, reason="记错过敏史", by=cast.doctor, at=cast.at)
    assert draft.sheet.answers["GOA01"] == "睡不好"
    assert draft.sheet.version == saved.sheet.version
    new = actions.save(
        consultation=draft, answers={**answers, "MED03": ["drug"], "MED04": "青霉素"}, by=cast.doctor, at=cast.at
    )
    saved.refresh_from_db()
    assert (saved.state, new.state, new.corrects) == (ConsultationState.SUPERSEDED, ConsultationState.SAVED, saved)
    assert saved.sheet.answers["MED03"] == ["none"]
    assert gates == ["consultations.consultation.save", CORRECT]
    assert heard == [ConsultationCorrected(new.pk, saved.pk, saved.customer_id, "记错过敏史", cast.doctor, cast.at)]
    entry = AuditEntry.objects.get(code="consultations.consultation.corrected")
    assert (entry.reason, entry.changes) == ("记错过敏史", {"corrects": [None, saved.pk]})
    assert entry.personal is not None  # the answers before and after lie under the customer's key


def test_a_correction_needs_a_reason_and_a_saved_interview(cast: Cast, saved: Consultation, answers: Answers) -> None:
    with pytest.raises(Invalid):
        actions.correct(consultation=saved, reason=" ", by=cast.doctor, at=cast.at)
    draft = actions.correct(consultation=saved, reason="记错", by=cast.doctor, at=cast.at)
    with pytest.raises(Refused) as refused:
        actions.correct(consultation=saved, reason="又一次", by=cast.doctor, at=cast.at)
    assert refused.value.code == "draft_exists"
    with pytest.raises(Refused) as refused:
        actions.conduct(customer=saved.customer, answers=answers, by=cast.doctor, at=cast.at)
    assert refused.value.code == "draft_exists"
    actions.save(consultation=draft, answers=answers, by=cast.doctor, at=cast.at)
    with pytest.raises(Refused) as refused:
        actions.correct(consultation=saved, reason="旧的", by=cast.doctor, at=cast.at)
    assert refused.value.code == "not_saved"


def test_a_dropped_correction_leaves_the_saved_interview_standing(cast: Cast, saved: Consultation) -> None:
    draft = actions.correct(consultation=saved, reason="记错", by=cast.doctor, at=cast.at)
    actions.discard(consultation=draft, reason="没有错", by=cast.doctor, at=cast.at)
    saved.refresh_from_db()
    assert saved.state == ConsultationState.SAVED
    assert actions.correct(consultation=saved, reason="真的记错", by=cast.doctor, at=cast.at).corrects == saved


def test_a_stranger_corrects_nothing(cast: Cast, saved: Consultation) -> None:
    with pytest.raises(OutOfScope):
        actions.correct(consultation=saved, reason="记错", by=cast.doctor2, at=cast.at)
    assert Consultation.objects.count() == 1
