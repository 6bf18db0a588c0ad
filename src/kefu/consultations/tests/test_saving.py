"""The doctor interviews a customer and saves: answers are checked, scores computed, the archive number issued."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kefu.consultations import actions
from kefu.consultations.choices import ConsultationState
from kefu.consultations.events import ConsultationSaved
from kefu.consultations.gates import SAVE
from kefu.consultations.models import Consultation
from kefu.consultations.tests.conftest import make_customer
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.events import bus
from kefu.foundation.gates import registry
from kefu.foundation.gates.registry import Passage
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.questionnaires.actions import questions, versions
from kefu.questionnaires.models import AnswerSheet
from kefu.questionnaires.queries import published_version
from kefu.testing.cast import Cast

Answers = dict[str, object]


@pytest.fixture(autouse=True)
def guards(monkeypatch: pytest.MonkeyPatch) -> list[registry.Guard]:
    """No module above has a say unless the test gives it one."""
    own: list[registry.Guard] = []
    monkeypatch.setattr(registry, "_guards", own)
    return own


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Every event of a saved interview, and nobody else listening."""
    events: list[object] = []
    monkeypatch.setitem(bus._subscribers, ConsultationSaved, [events.append])
    return events


@pytest.mark.req("JRN-004", part="saving")
@pytest.mark.req("CUS-004")
def test_saving_issues_archive_numbers_in_the_order_of_saving(
    cast: Cast, customer: Customer, answers: Answers, heard: list[object]
) -> None:
    second = make_customer(cast, "文示远")
    first_draft = actions.start(customer=customer, by=cast.doctor, at=cast.at)
    second_draft = actions.start(customer=second, by=cast.doctor, at=cast.at + timedelta(minutes=5))
    actions.save(consultation=second_draft, answers=answers, by=cast.doctor, at=cast.at + timedelta(minutes=20))
    saved = actions.save(consultation=first_draft, answers=answers, by=cast.doctor, at=cast.at + timedelta(minutes=30))
    customer.refresh_from_db()
    second.refresh_from_db()
    assert (second.archive_number, customer.archive_number) == ("HA2600001", "HA2600002")
    assert (saved.state, saved.saved_at) == (ConsultationState.SAVED, cast.at + timedelta(minutes=30))
    assert heard[1] == ConsultationSaved(saved.pk, customer.pk, cast.doctor, cast.at + timedelta(minutes=30))
    assert TimelineLine.objects.filter(customer=customer, kind="consultation").count() == 1


def test_a_customer_with_a_number_keeps_it(cast: Cast, customer: Customer, answers: Answers) -> None:
    Customer.objects.filter(pk=customer.pk).update(archive_number="HA2500007")
    customer.refresh_from_db()
    actions.conduct(customer=customer, answers=answers, by=cast.doctor, at=cast.at)
    customer.refresh_from_db()
    assert customer.archive_number == "HA2500007"


@pytest.mark.req("JRN-004", part="matrix")
def test_saving_computes_scores_bands_and_alerts(cast: Cast, customer: Customer, answers: Answers) -> None:
    matrix = {f"EMO01_0{n}_F": "4" for n in range(1, 6)} | {f"EMO01_0{n}_S": "3" for n in range(1, 4)}
    saved = actions.conduct(
        customer=customer, answers={**answers, **matrix, "HIS05": "pregnant"}, by=cast.doctor, at=cast.at
    )
    emotional = saved.sheet.scores[-1]
    assert emotional == {
        "section": "EMO",
        "score": 36,
        "maximum": 60,
        "percent": "60.0",
        "band": "red",
        "answered": 5,
        "incomplete": 2,
    }
    assert saved.sheet.alerts == ["mood", "pregnant"]


@pytest.mark.req("JRN-004", part="required")
def test_each_missing_answer_is_named_and_nothing_is_issued(cast: Cast, customer: Customer, answers: Answers) -> None:
    draft = actions.start(customer=customer, by=cast.doctor, at=cast.at)
    del answers["GOA01"], answers["HIS05"]
    answers["SLP02"] = 17
    with pytest.raises(Invalid) as wrong:
        actions.save(consultation=draft, answers=answers, by=cast.doctor, at=cast.at)
    assert [(error.field, error.code) for error in wrong.value.errors] == [
        ("GOA01", "required"),
        ("HIS05", "required"),
        ("SLP02", "max"),
    ]
    customer.refresh_from_db()
    draft.refresh_from_db()
    assert (customer.archive_number, draft.state) == (None, ConsultationState.DRAFT)
    third = make_customer(cast, "文示明")
    actions.conduct(
        customer=third, answers={**answers, "GOA01": "累", "HIS05": "no", "SLP02": 6}, by=cast.doctor, at=cast.at
    )
    third.refresh_from_db()
    assert third.archive_number == "HA2600001"  # the refused attempt left no gap


@pytest.mark.req("CUS-006", part="gate")
def test_the_gate_refuses_before_the_archive_is_opened(
    cast: Cast, customer: Customer, answers: Answers, guards: list[registry.Guard]
) -> None:
    passages: list[Passage] = []

    def order(passage: Passage) -> None:
        passages.append(passage)
        raise Refused("no_journey", "请先建档")

    guards.append(order)
    draft = actions.start(customer=customer, by=cast.doctor, at=cast.at)
    with pytest.raises(Refused, match="请先建档"):
        actions.save(consultation=draft, answers=answers, by=cast.doctor, at=cast.at)
    assert (passages[0].gate, passages[0].customer_id) == (SAVE, customer.pk)
    assert passages[0].subject is not None
    assert passages[0].subject.id == draft.pk
    assert not AnswerSheet.objects.filter(state="final").exists()


def test_only_own_customers_and_only_doctors(cast: Cast, customer: Customer, answers: Answers) -> None:
    for stranger in (cast.doctor2, cast.sh_doctor):
        with pytest.raises(OutOfScope):
            actions.conduct(customer=customer, answers=answers, by=stranger, at=cast.at)
    for other in (cast.manager, cast.consulting, cast.director, cast.service, cast.admin):
        with pytest.raises((Forbidden, OutOfScope)):
            actions.conduct(customer=customer, answers=answers, by=other, at=cast.at)
    assert not Consultation.objects.exists()


def test_a_saved_interview_is_not_saved_again(cast: Cast, customer: Customer, answers: Answers) -> None:
    saved = actions.conduct(customer=customer, answers=answers, by=cast.doctor, at=cast.at)
    with pytest.raises(Refused) as refused:
        actions.save(consultation=saved, answers=answers, by=cast.doctor, at=cast.at)
    assert refused.value.code == "not_a_draft"


def test_a_closed_customer_is_not_interviewed(cast: Cast, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(stage="closed", closed_at=cast.at, closed_reason="搬家")
    with pytest.raises(Refused) as refused:
        actions.start(customer=customer, by=cast.doctor, at=cast.at)
    assert refused.value.code == "customer_closed"


def test_a_draft_finishes_on_the_version_it_began_with(cast: Cast, customer: Customer, answers: Answers) -> None:
    draft = actions.start(customer=customer, by=cast.doctor, at=cast.at)
    first = published_version("interview")
    second = versions.start_draft(questionnaire=first.questionnaire, by=cast.admin, at=cast.at)
    asked = {"code": "GOA09", "section": "GOA", "type": "text", "required": True, "zh": "新问题", "en": ""}
    questions.add_question(version=second, question=asked, by=cast.admin, at=cast.at)
    versions.publish(version=second, by=cast.admin, at=cast.at)
    saved = actions.save(consultation=draft, answers=answers, by=cast.doctor, at=cast.at)
    assert saved.sheet.version == first
    with pytest.raises(Invalid) as wrong:
        actions.conduct(customer=customer, answers=answers, by=cast.doctor, at=cast.at)
    assert [error.field for error in wrong.value.errors] == ["GOA09"]


def test_the_trail_tells_who_saved_and_holds_no_answer(cast: Cast, customer: Customer, answers: Answers) -> None:
    saved = actions.conduct(customer=customer, answers=answers, by=cast.doctor, at=cast.at)
    entry = AuditEntry.objects.get(code="consultations.consultation.saved")
    assert (entry.by, entry.customer_id, entry.subject_id) == (cast.doctor, customer.pk, saved.pk)
    assert entry.changes == {"version": [None, 1], "archive_number": [None, "HA2600001"]}
