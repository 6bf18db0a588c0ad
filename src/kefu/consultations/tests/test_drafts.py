"""Drafts: kept while typing, one per customer, handed over with a reason, worked on by a stand-in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kefu.consultations import actions
from kefu.consultations.choices import ConsultationState
from kefu.consultations.models import Consultation
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.gates import registry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import StandIn, User
from kefu.testing.cast import Cast

Answers = dict[str, object]


@pytest.fixture(autouse=True)
def no_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    """No module above has a say here."""
    monkeypatch.setattr(registry, "_guards", [])


@pytest.fixture
def draft(cast: Cast, customer: Customer) -> Consultation:
    """The doctor has begun."""
    return actions.start(customer=customer, by=cast.doctor, at=cast.at)


def _fresh(user: User) -> User:
    """The same person in the next request, with rights resolved anew."""
    return User.objects.get(pk=user.pk)


@pytest.mark.req("JRN-004", part="draft")
def test_what_is_typed_is_kept_right_or_wrong(cast: Cast, draft: Consultation) -> None:
    actions.autosave(consultation=draft, answers={"GOA01": "睡不好", "SLP02": "七"}, by=cast.doctor, at=cast.at)
    again = actions.start(customer=draft.customer, by=cast.doctor, at=cast.at + timedelta(hours=2))
    assert again.pk == draft.pk
    assert again.sheet.answers == {"GOA01": "睡不好", "SLP02": "七"}


def test_many_small_savings_are_one_row_in_the_trail(cast: Cast, draft: Consultation) -> None:
    for second in (1, 4, 9, 200):
        actions.autosave(
            consultation=draft, answers={"GOA01": f"{second}"}, by=cast.doctor, at=cast.at + timedelta(seconds=second)
        )
    assert AuditEntry.objects.filter(code="consultations.consultation.drafted").count() == 1
    actions.autosave(consultation=draft, answers={"GOA01": "晚"}, by=cast.doctor, at=cast.at + timedelta(minutes=20))
    assert AuditEntry.objects.filter(code="consultations.consultation.drafted").count() == 2


def test_a_second_window_does_not_overwrite_the_first(cast: Cast, draft: Consultation) -> None:
    read = draft.sheet.revision
    actions.autosave(consultation=draft, answers={"GOA01": "第一个窗口"}, revision=read, by=cast.doctor, at=cast.at)
    with pytest.raises(Refused) as refused:
        actions.autosave(consultation=draft, answers={"GOA01": "第二个窗口"}, revision=read, by=cast.doctor, at=cast.at)
    assert refused.value.code == "changed_elsewhere"
    draft.sheet.refresh_from_db()
    assert draft.sheet.answers == {"GOA01": "第一个窗口"}


def test_a_colleague_neither_sees_nor_continues_the_draft(cast: Cast, draft: Consultation) -> None:
    assert not Consultation.objects.visible_to(cast.doctor2).exists()
    with pytest.raises(OutOfScope):
        actions.autosave(consultation=draft, answers={}, by=cast.doctor2, at=cast.at)


@pytest.mark.req("JRN-004", part="handover")
def test_a_draft_is_handed_over_with_a_reason_and_finished_by_the_other_doctor(
    cast: Cast, draft: Consultation, answers: Answers
) -> None:
    actions.autosave(consultation=draft, answers={"GOA01": "睡不好"}, by=cast.doctor, at=cast.at)
    actions.hand_over(consultation=draft, doctor=cast.doctor2, reason="下午出诊", by=cast.doctor, at=cast.at)
    assert Consultation.objects.visible_to(cast.doctor2).get() == draft
    with pytest.raises(Refused) as refused:
        actions.autosave(consultation=draft, answers={}, by=cast.doctor, at=cast.at)
    assert refused.value.code == "held_by_other"
    assert cast.doctor2.name in str(refused.value)
    saved = actions.save(consultation=draft, answers=answers, by=cast.doctor2, at=cast.at + timedelta(hours=1))
    assert (saved.doctor, saved.state) == (cast.doctor2, ConsultationState.SAVED)
    handover = saved.handovers.get()
    assert (handover.giver, handover.taker, handover.reason) == (cast.doctor, cast.doctor2, "下午出诊")
    assert Notice.objects.get(user=cast.doctor2).text == "何示宁把一份没问完的问诊移交给您"
    assert AuditEntry.objects.get(code="consultations.consultation.handed_over").reason == "下午出诊"


@pytest.mark.parametrize(("taker", "reason", "field"), [("manager", "忙", "doctor"), ("sh_doctor", "忙", "doctor"), ("doctor", "忙", "doctor"), ("doctor2", "  ", "reason"), ("doctor2", "字" * 201, "reason")])  # fmt: skip
def test_a_draft_goes_only_to_another_doctor_of_the_centre_and_never_without_a_reason(
    cast: Cast, draft: Consultation, taker: str, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        actions.hand_over(consultation=draft, doctor=getattr(cast, taker), reason=reason, by=cast.doctor, at=cast.at)
    assert [error.field for error in wrong.value.errors] == [field]
    draft.refresh_from_db()
    assert draft.doctor == cast.doctor


def test_a_manager_hands_nothing_over(cast: Cast, draft: Consultation) -> None:
    with pytest.raises(Forbidden):
        actions.hand_over(consultation=draft, doctor=cast.doctor2, reason="忙", by=cast.manager, at=cast.at)


def test_the_customers_new_doctor_takes_the_old_draft_over(cast: Cast, draft: Consultation) -> None:
    Customer.objects.filter(pk=draft.customer_id).update(doctor=cast.doctor2)
    with pytest.raises(Refused) as refused:
        actions.start(customer=Customer.objects.get(pk=draft.customer_id), by=cast.doctor2, at=cast.at)
    assert refused.value.code == "held_by_other"
    actions.hand_over(consultation=draft, doctor=cast.doctor2, reason="客户换了医生", by=cast.doctor2, at=cast.at)
    assert actions.start(customer=Customer.objects.get(pk=draft.customer_id), by=cast.doctor2, at=cast.at) == draft


@pytest.mark.req("JRN-004", part="stand-in")
def test_a_stand_in_works_on_the_draft_while_the_doctor_is_away(
    cast: Cast, draft: Consultation, answers: Answers
) -> None:
    now = timezone.now()
    StandIn.objects.create(absent=cast.doctor, substitute=cast.doctor2, starts_at=now - timedelta(hours=1),
                           ends_at=now + timedelta(hours=1), reason="休假", accepted_at=now)  # fmt: skip
    substitute = _fresh(cast.doctor2)
    actions.autosave(consultation=draft, answers={"GOA01": "睡不好"}, by=substitute, at=cast.at)
    saved = actions.save(consultation=draft, answers=answers, by=substitute, at=cast.at)
    assert saved.doctor == cast.doctor2


def test_a_draft_begun_by_mistake_is_dropped_with_a_reason(cast: Cast, draft: Consultation) -> None:
    with pytest.raises(Invalid):
        actions.discard(consultation=draft, reason="", by=cast.doctor, at=cast.at)
    dropped = actions.discard(consultation=draft, reason="选错客户", by=cast.doctor, at=cast.at)
    assert (dropped.state, dropped.discarded_reason) == (ConsultationState.DISCARDED, "选错客户")
    assert actions.start(customer=draft.customer, by=cast.doctor, at=cast.at) != draft
