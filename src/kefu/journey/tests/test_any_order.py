"""Whatever people try, in any order and by anybody: the history stays sound, and what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kefu.consultations.actions.saving import conduct
from kefu.customers.models import TimelineLine
from kefu.followup import actions as followup
from kefu.followup.models import FollowUp
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.journey.actions import lifecycle, steps
from kefu.journey.models import JourneyEntry, NodeTemplate
from kefu.journey.queries.positions import standing_of
from kefu.journey.tests.walking import INTERVIEW, NODES, Walk, start_walk
from kefu.kernel.errors import KefuError
from kefu.lab.actions import Finding, cancel_order, check_samples, issue_kit, place_order, record_signature
from kefu.lab.actions.handovers import hand_over
from kefu.lab.actions.interpretations import interpret
from kefu.lab.actions.kits import take_back_kit
from kefu.lab.actions.overall import write_overall
from kefu.lab.actions.papers import make_paper
from kefu.lab.actions.reviews import approve_report, withdraw_approval
from kefu.lab.choices import HandoverMode
from kefu.lab.models import Report, Sample
from kefu.lab.testing import items
from kefu.lab.testing_results import deliver, oru
from kefu.messaging.choices import Outcome
from kefu.organisation.models import User
from kefu.products.models import Product, RejectReason
from kefu.sales import actions as sales
from kefu.sales.models import Purchase
from kefu.stock.models import Balance, Move
from kefu.stock.queries import drift
from kefu.testing.cast import Cast

Act = Callable[[Walk, User], object]
PEOPLE = ("doctor", "manager", "consulting", "service", "director", "sh_manager", "keeper")
WHY = "客户临时改了主意"


def samples(walk: Walk, by: User, *, good: bool) -> None:
    reason = None if good else RejectReason.objects.get(code="haemolysis")
    waiting = Sample.objects.filter(order=walk.order, state="awaited")
    found = [Finding(sample, quality_ok=good, reason=reason) for sample in waiting]
    check_samples(order=walk.order, findings=found, by=by, at=walk.at)


def item_report(walk: Walk) -> Report:
    return Report.objects.select_related("order__customer").filter(order=walk.order, kind="item").latest("pk")


def purchase(walk: Walk) -> Purchase:
    return Purchase.objects.filter(customer=walk.customer).latest("pk")


def given_up(row: Purchase) -> Callable[..., object]:
    """What is signed for is reversed, what is not is only dropped."""
    return sales.withdraw if row.signed_at else sales.cancel


def advise(walk: Walk, by: User) -> None:
    advice = [sales.Prescribed(Product.objects.get(code="N-014"), 2)]
    sales.prescribe(customer=walk.customer, doctor=walk.cast.doctor, products=advice, by=by, at=walk.at)


def enter(walk: Walk, by: User) -> None:
    lines = [sales.Line(Product.objects.get(code="N-014"), 1)]
    sales.enter_lines(purchase=purchase(walk), lines=lines, by=by, at=walk.at)


def contact(walk: Walk, by: User) -> None:
    planned = FollowUp.objects.filter(customer=walk.customer, state="open").earliest("due_at")
    followup.log_contact(follow_up=planned, outcome=Outcome.REACHED, note="都好", by=by, at=walk.at)


ACTS: dict[str, Act] = {
    "interview": lambda w, by: conduct(customer=w.customer, answers=INTERVIEW, by=by, at=w.at),
    "order": lambda w, by: place_order(
        customer=w.customer, doctor=w.cast.doctor, items=items("T-GEN"), by=by, at=w.at
    ),
    "cancel order": lambda w, by: cancel_order(order=w.order, reason=WHY, by=by, at=w.at),
    "sign": lambda w, by: record_signature(order=w.order, by=by, at=w.at),
    "kit": lambda w, by: issue_kit(order=w.order, by=by, at=w.at),
    "take kit back": lambda w, by: take_back_kit(
        issue=w.order.kit_issues.latest("pk"), reason=WHY, by=by, at=w.at
    ),
    "accept": lambda w, by: samples(w, by, good=True),
    "reject": lambda w, by: samples(w, by, good=False),
    "approve": lambda w, by: approve_report(report=item_report(w), by=by, at=w.at),
    "withdraw approval": lambda w, by: withdraw_approval(report=item_report(w), reason=WHY, by=by, at=w.at),
    "overall": lambda w, by: write_overall(report=w.overall, text="各项正常。", reason=WHY, by=by, at=w.at),
    "paper": lambda w, by: make_paper(report=w.overall, reason=WHY, by=by, at=w.at),
    "hand over": lambda w, by: hand_over(
        report=w.overall, mode=HandoverMode.COLLECTED, received_on=w.day, by=by, at=w.at
    ),
    "interpret": lambda w, by: interpret(report=w.overall, note="已解读", by=by, at=w.at),
    "advise": advise,
    "enter": enter,
    "sign purchase": lambda w, by: sales.sign(purchase=purchase(w), by=by, at=w.at),
    "dispatch": lambda w, by: sales.dispatch(purchase=purchase(w), by=by, at=w.at),
    "cancel purchase": lambda w, by: given_up(purchase(w))(purchase=purchase(w), reason=WHY, by=by, at=w.at),
    "contact": contact,
    "skip": lambda w, by: steps.skip_step(journey=w.journey, reason=WHY, by=by, at=w.at),
    "by hand": lambda w, by: steps.complete_step(journey=w.journey, by=by, at=w.at),
    "withdraw": lambda w, by: lifecycle.withdraw(journey=w.journey, reason=WHY, by=by, at=w.at),
    "reopen": lambda w, by: lifecycle.reopen(journey=w.journey, reason=WHY, by=by, at=w.at),
}  # fmt: skip


@contextmanager
def tried() -> Iterator[list[Exception]]:
    """Runs what may be refused, or may have nothing to work on; gives the refusal."""
    refusals: list[Exception] = []
    try:
        yield refusals
    except (KefuError, ObjectDoesNotExist) as refusal:
        refusals.append(refusal)


class AnyOrder(RuleBasedStateMachine):
    """One customer, and everybody who might do anything to the journey."""

    begun: Walk

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.walk = Walk(self.begun.cast, self.begun.customer, self.begun.at)
        self.walk.customer.refresh_from_db()

    def teardown(self) -> None:
        """As if nothing had happened."""
        transaction.savepoint_rollback(self.before)

    @rule(steps=st.integers(1, 4))
    def go_on(self, steps: int) -> None:
        """The next steps, each by the person whose turn it is."""
        for _step in range(steps):
            node = self.walk.journey.node
            if node is None or node.code == "archive":
                return
            self.walk.at += timedelta(hours=1)
            with tried():
                self.next_step(node.code)

    def next_step(self, code: str) -> None:
        """The step of a node. The laboratory answers whatever it has been sent."""
        if code == "report_released":
            passed = (self.walk.at - self.walk.cast.at) / timedelta(days=1)
            deliver(self.walk.cast, oru(self.walk.order, control_id=f"M{self.walk.at.timestamp():.0f}"), days=passed)
            approve_report(report=item_report(self.walk), by=self.walk.cast.consulting, at=self.walk.at)
        elif code == "followup":
            contact(self.walk, self.walk.cast.service)
        else:
            getattr(self.walk, code)()

    @rule(act=st.sampled_from(sorted(ACTS)), who=st.sampled_from(PEOPLE))
    def anything(self, act: str, who: str) -> None:
        """Anybody tries anything; a refusal leaves everything as it was."""
        self.walk.at += timedelta(hours=1)
        before = self.everything()
        with tried() as refusal:
            ACTS[act](self.walk, getattr(self.walk.cast, who))
        assert not refusal or self.everything() == before

    @rule(to=st.sampled_from(NODES), who=st.sampled_from(PEOPLE))
    def correct(self, to: str, who: str) -> None:
        """Somebody takes the journey back; a refusal leaves everything as it was."""
        self.walk.at += timedelta(hours=1)
        before, node = self.everything(), NodeTemplate.objects.get(code=to)
        with tried() as refusal:
            by = getattr(self.walk.cast, who)
            steps.correct_step(journey=self.walk.journey, to=node, reason=WHY, by=by, at=self.walk.at)
        assert not refusal or self.everything() == before

    def everything(self) -> tuple[object, ...]:
        """What a refusal may not touch."""
        journey = self.walk.journey
        rows = (JourneyEntry, TimelineLine, Notice, Move)
        stands = (journey.state, journey.node_id, journey.status_code, journey.due_at)
        return (
            *(model.objects.count() for model in rows),
            AuditEntry.objects.exclude(kind="refused").count(),
            *stands,
        )

    @invariant()
    def what_is_stored_is_what_the_history_says(self) -> None:
        journey = self.walk.journey
        now = standing_of(journey)
        if journey.state == "open":
            assert journey.node is not None
            assert (journey.node.code, journey.status_code) == (now.current, now.status_code)
        else:
            assert (journey.node, journey.due_at, journey.status_code) == (None, None, "closed")

    @invariant()
    def no_step_was_passed_over(self) -> None:
        journey, passed = self.walk.journey, set[str]()
        order = list(NodeTemplate.objects.filter(retired=False).order_by("order").values_list("code", flat=True))
        for kind, code in journey.entries.order_by("pk").values_list("kind", "node__code"):
            if kind in ("done", "skipped"):
                assert set(order[: order.index(code)]) <= passed, f"{code} before its turn"
                passed.add(code)
            elif kind == "corrected":
                passed -= set(order[order.index(code) :])
        if journey.state == "open" and journey.node is not None:
            assert set(order[: order.index(journey.node.code)]) <= passed

    @invariant()
    def every_line_says_who_in_which_role_and_when(self) -> None:
        lines = list(self.walk.journey.entries.order_by("pk").values_list("by", "role", "at"))
        assert all(by and role for by, role, _at in lines)
        assert all(before[2] <= after[2] for before, after in pairwise(lines))

    @invariant()
    def the_archive_number_comes_with_the_interview(self) -> None:
        self.walk.customer.refresh_from_db(fields=["archive_number"])
        interviewed = TimelineLine.objects.filter(customer=self.walk.customer, kind="consultation").exists()
        assert bool(self.walk.customer.archive_number) == interviewed

    @invariant()
    def the_shelves_agree_with_the_ledger(self) -> None:
        assert drift() == []
        assert not Balance.objects.filter(quantity__lt=0).exists()


@pytest.mark.req("JRN-018")
def test_in_any_order_the_history_stays_sound(cast: Cast) -> None:
    try_everything(start_walk(cast), examples=6, length=20)


@pytest.mark.soak
def test_in_any_order_for_long(cast: Cast) -> None:
    try_everything(start_walk(cast), examples=400, length=60)


def try_everything(begun: Walk, *, examples: int, length: int) -> None:
    AnyOrder.begun = begun
    lengths = settings(max_examples=examples, stateful_step_count=length, deadline=None)
    run_state_machine_as_test(AnyOrder, settings=lengths)
