"""Whatever people do with requisitions in whatever order: the book agrees, and nothing is lost between two warehouses."""

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.requisitions import actions, queries
from kefu.requisitions.actions import Granted
from kefu.requisitions.models import Requisition
from kefu.requisitions.testing import send
from kefu.stock.models import Balance
from kefu.stock.queries import drift

PICK, FEW = st.integers(0, 99), st.integers(1, 20)


class Branches(RuleBasedStateMachine):
    """Two warehouses; `gone` is what was written off, all the rest is somewhere."""

    shop = hands = central = beijing = product = None

    def __init__(self):
        super().__init__()
        self.gone, self.total = 0, Balance.objects.aggregate(all=Sum("quantity"))["all"]
        self.made = []

    def one(self, number):
        return Requisition.objects.get(pk=self.made[number % len(self.made)]) if self.made else None

    def tries(self, verb, **given):
        try:
            return verb(**given, at=self.shop.at)
        except (Refused, Invalid, Forbidden):
            return None

    @rule(packs=FEW)
    def asks(self, packs):
        one = actions.draft(
            target=self.beijing,
            source=self.central,
            wanted=[(self.product, packs)],
            by=self.shop.keeper,
            at=self.shop.at,
        )
        self.made.append(one.pk)

    @rule(number=PICK, less=st.integers(0, 5))
    def decides(self, number, less):
        if one := self.one(number):
            self.tries(actions.sign, requisition=one, by=self.shop.director)
            self.tries(actions.check_figures, requisition=one, by=self.shop.finance)
            line = one.lines.get()
            granted = {line.pk: Granted(max(1, line.wanted - less), "不多")}
            self.tries(actions.approve, requisition=one, granted=granted, by=self.shop.product_manager)

    @rule(number=PICK)
    def withdraws(self, number):
        if one := self.one(number):
            self.tries(actions.withdraw, requisition=one, reason="不要了", by=self.shop.keeper)

    @rule(number=PICK, packs=FEW, fault=st.sampled_from(["missing", "damaged", "unfit"]))
    def misses(self, number, packs, fault):
        if (one := self.one(number)) and (rows := queries.pick_rows(one)):
            self.tries(
                actions.report_miss,
                requisition=one,
                reservation=rows[0].reservation,
                packs=packs,
                fault=fault,
                note="",
                by=self.shop.central_keeper,
            )
            self.tries(actions.refill, requisition=one, by=self.shop.central_keeper)

    @rule(number=PICK)
    def sends(self, number):
        if one := self.one(number):
            self.tries(send, one=one, by=self.shop.central_keeper)

    @rule(number=PICK, short=st.integers(0, 3), damaged=st.integers(0, 3))
    def counts(self, number, short, damaged):
        if one := self.one(number):
            counted = {
                line.pk: (max(0, line.packs - short - damaged), min(damaged, line.packs)) for line in one.shipped.all()
            }
            for person in (self.shop.keeper, self.shop.manager):
                self.tries(actions.count_arrival, requisition=one, counted=counted, by=person)

    @rule(number=PICK, outcome=st.sampled_from(["found", "back", "lost"]), packs=st.integers(1, 3))
    def settles(self, number, outcome, packs):
        if (one := self.one(number)) and (line := next((row for row in one.shipped.all() if row.open), None)):
            by = self.shop.central_keeper if outcome == "back" else self.shop.keeper
            made = self.tries(actions.settle, line=line, outcome=outcome, packs=packs, reason="查过", by=by)
            if made and outcome == "lost":
                for person in (self.shop.finance, self.shop.central_keeper):
                    actions.agree_to_loss(settlement=made, by=person, at=self.shop.at)
                self.gone += packs

    @invariant()
    def the_book_agrees_and_nothing_is_lost(self):
        assert drift() == []
        assert Balance.objects.aggregate(all=Sum("quantity"))["all"] == self.total - self.gone
        way = Balance.objects.filter(zone__purpose="transit").aggregate(all=Sum("quantity", default=0))["all"]
        assert way == sum(Requisition.objects.values_list("open_packs", flat=True))
        assert not Requisition.objects.filter(state="received", open_packs__gt=0).exists()


@pytest.mark.django_db
@pytest.mark.req("NFR-005")
def test_branches_at_work(shop, hands, central, beijing, fish_oil):
    Branches.shop, Branches.hands, Branches.central, Branches.beijing, Branches.product = (
        shop,
        hands,
        central,
        beijing,
        fish_oil,
    )
    unhurried = settings(
        max_examples=3, stateful_step_count=16, deadline=None, derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    run_state_machine_as_test(Branches, settings=unhurried)
