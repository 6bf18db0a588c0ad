"""Something is handed over: offered, answered, or taken back."""

import pytest
from django.urls import reverse

from kefu.foundation.assignments import actions, queries
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.assignments.registry import AssignmentKind, kind_of, register
from kefu.foundation.assignments.slots import handovers
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Invalid, OutOfScope, Refused

accepted = []


@pytest.fixture(autouse=True)
def shift():
    """A kind of hand-over."""
    accepted.clear()
    register(AssignmentKind("shift", "接班", lambda assignment, by, at: accepted.append((assignment.subject, by, at))))


def offer(cast, **changes):
    given = {"kind": "shift", "subject": Subject("workforce.shift", 7), "to": cast.manager2, "title": "周一早班", "reason": "家里有事",
             "by": cast.manager, "at": cast.at}  # fmt: skip
    return actions.offer(**{**given, **changes})


def test_an_offer_rings_the_bell_and_waits_on_the_workbench(cast):
    offer(cast)
    assert [notice.text for notice in Notice.objects.filter(user=cast.manager2)] == ["何示文：接班"]
    (item,) = handovers(cast.manager2, cast.at)
    assert (item.group, item.what, item.why) == ("handover", "周一早班", "何示文：家里有事")
    assert list(handovers(cast.manager, cast.at)) == []


def test_a_customer_who_is_handed_over_is_named_without_a_way_in(cast):
    """Nobody opens a customer before accepting."""
    offer(cast, title="程望舒", customer_id=4711)
    (item,) = handovers(cast.manager2, cast.at)
    assert (item.customer_name, item.customer_id, item.what) == ("程望舒", None, "接班")


def test_acceptance_makes_it_true_once(cast):
    one = offer(cast)
    actions.accept(assignment=one, by=cast.manager2, at=cast.at)
    assert accepted == [(Subject("workforce.shift", 7), cast.manager2, cast.at)]
    with pytest.raises(Refused) as refusal:
        actions.accept(assignment=one, by=cast.manager2, at=cast.at)
    assert refusal.value.code == "answered"
    rows = AuditEntry.objects.filter(code__startswith="assignments.").order_by("pk")
    assert list(rows.values_list("code", flat=True)) == [
        "assignments.offered",
        "assignments.accepted",
    ]


def test_what_cannot_be_done_undoes_the_acceptance(cast):
    def refuse(assignment, by, at):
        raise Refused("too_late", "班已经开始了")

    register(AssignmentKind("shift", "接班", refuse))
    one = offer(cast)
    with pytest.raises(Refused):
        actions.accept(assignment=one, by=cast.manager2, at=cast.at)
    assert Assignment.objects.get().state == "offered"


def test_a_refusal_says_why_and_an_offer_can_be_taken_back(cast):
    one = offer(cast)
    with pytest.raises(Invalid):
        actions.decline(assignment=one, reason=" ", by=cast.manager2, at=cast.at)
    actions.decline(assignment=one, reason="我也有事", by=cast.manager2, at=cast.at)
    assert Notice.objects.filter(user=cast.manager).get().text == "何示清谢绝了移交：我也有事"
    two = offer(cast)
    actions.withdraw(assignment=two, by=cast.manager, at=cast.at)
    assert list(Assignment.objects.order_by("pk").values_list("state", flat=True)) == ["declined", "withdrawn"]
    assert accepted == []


def test_only_the_two_people_concerned_may_answer(cast):
    one = offer(cast)
    for verb, person in (
        (actions.accept, cast.doctor),
        (actions.accept, cast.manager),
        (actions.withdraw, cast.manager2),
    ):
        with pytest.raises(OutOfScope):
            verb(assignment=one, by=person, at=cast.at)
    with pytest.raises(OutOfScope):
        actions.decline(assignment=one, reason="不行", by=cast.doctor, at=cast.at)


@pytest.mark.parametrize("changes", [{"reason": " "}, {"to": "self"}])
def test_an_offer_needs_a_reason_and_somebody_else(cast, changes):
    with pytest.raises(Invalid):
        offer(cast, **({"to": cast.manager} if changes.get("to") else changes))
    assert not Assignment.objects.exists()


def test_there_is_one_open_offer_at_a_time(cast):
    offer(cast)
    with pytest.raises(Refused) as refusal:
        offer(cast, to=cast.doctor)
    assert str(refusal.value) == "已在等何示清答复，请先撤回。"
    with pytest.raises(LookupError):
        kind_of("unheard_of")


def test_the_page_answers_and_takes_back(cast, login):
    one = offer(cast)
    page = reverse("assignments:list")
    inbox, outbox = login(cast.manager2), login(cast.manager)
    assert "周一早班" in inbox.get(page).content.decode()
    assert "等待答复" in outbox.get(page).content.decode()
    answer = reverse("assignments:answer", args=[one.pk])
    assert login(cast.doctor).post(answer, {"answer": "accept"}).status_code == 404
    assert inbox.post(answer, {"answer": "decline", "reason": ""}).status_code == 422
    assert outbox.post(reverse("assignments:withdrawal", args=[one.pk])).status_code == 302
    assert inbox.post(answer, {"answer": "accept"}).status_code == 409
    assert not queries.open_offers(one.subject).exists()
    assert queries.offered_by(cast.manager).get().state == "withdrawn"


def test_the_page_costs_the_same_for_one_and_for_twenty(cast, login, django_assert_max_num_queries):
    client, counts = login(cast.manager2), []
    for start, end in ((0, 1), (1, 20)):
        for number in range(start, end):
            offer(cast, subject=Subject("workforce.shift", 100 + number))
        with django_assert_max_num_queries(40) as captured:
            client.get(reverse("assignments:list"))
        counts.append(len(captured))
    assert counts[0] == counts[1]
