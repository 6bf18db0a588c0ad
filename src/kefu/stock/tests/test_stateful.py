"""Whatever keepers do in whatever order: never below zero, the book is the sum of its moves, the earliest lot leaves first."""

from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kefu.kernel.errors import Invalid, Refused
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import Arrival, adjust, change_quality, exchange, give_back, issue, receive
from kefu.stock.models import Balance, IssueLine, IssueSlip

CODES = ["N-001", "N-014", "N-017"]
EXPIRIES = [date(2027, 6, 30), date(2027, 8, 31), date(2028, 1, 31)]
FEW = st.integers(1, 12)
PICK = st.integers(0, 99)


class Keepers(RuleBasedStateMachine):
    """Keepers at one warehouse; `there` is what a person with a notebook would have written down."""

    shop = beijing = None

    def __init__(self):
        super().__init__()
        for model in (IssueLine, IssueSlip):
            model.objects.all().delete()
        for held in Balance.objects.exclude(quantity=0):
            adjust(balance=held, seen=held.quantity, counted=0, reason="新一轮", **self.by)
        self.goods = list(Product.objects.filter(code__in=CODES).order_by("code"))
        self.there = {product.pk: 0 for product in self.goods}
        self.slips = []

    @property
    def by(self):
        return {"by": self.shop.keeper, "at": self.shop.at}

    def held(self, number, **where):
        rows = list(Balance.objects.filter(quantity__gt=0, **where).select_related("lot").order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(product=PICK, expiry=st.integers(0, 2), packs=FEW)
    def receives(self, product, expiry, packs):
        goods = self.goods[product % 3]
        line = Arrival(goods, f"{goods.code}-{expiry}", packs, EXPIRIES[expiry])
        receive(warehouse=self.beijing, arrivals=[line], **self.by)
        self.there[goods.pk] += packs

    @rule(product=PICK, packs=st.integers(1, 30))
    def issues(self, product, packs):
        goods = self.goods[product % 3]
        before = queries.propose(self.beijing, [(goods, packs)], self.shop.at)[goods.pk]
        enough = queries.amount(goods, self.beijing, self.shop.at).free >= packs
        try:
            slip = issue(warehouse=self.beijing, lines=[(goods, packs)], purpose="用", **self.by)
        except Refused as refusal:
            assert (refusal.code, enough) == ("stock_short", False)
            return
        assert enough
        lines = [
            (line.balance_id, line.packs, line.lot.expiry) for line in slip.lines.select_related("lot").order_by("pk")
        ]
        assert [(balance, count) for balance, count, _expiry in lines] == [
            (t.shelf.balance_id, t.packs) for t in before
        ]
        expiries = [expiry for _balance, _packs, expiry in lines]
        assert expiries == sorted(expiries)
        left_earlier = Balance.objects.filter(
            product=goods, lot__expiry__lt=expiries[-1], warehouse=self.beijing
        ).pickable(self.shop.at.date())
        assert not left_earlier.exists()
        self.there[goods.pk] -= packs
        self.slips.append((slip, goods, packs))

    @precondition(lambda self: self.slips)
    @rule(number=PICK)
    def gives_back(self, number):
        slip, goods, packs = self.slips.pop(number % len(self.slips))
        give_back(slip=slip, reason="不要了", **self.by)
        self.there[goods.pk] += packs

    @rule(number=PICK, counted=st.integers(0, 20))
    def adjusts(self, number, counted):
        if held := self.held(number):
            adjust(balance=held, seen=held.quantity, counted=counted, reason="盘点", **self.by)
            self.there[held.product_id] += counted - held.quantity

    @rule(number=PICK, packs=FEW, quality=st.sampled_from(["good", "damaged", "blocked"]))
    def changes_quality(self, number, packs, quality):
        if held := self.held(number):
            try:
                change_quality(balance=held, packs=packs, quality=quality, reason="查看", **self.by)
            except Refused as refusal:
                assert refusal.code in {"stock_short", "nothing_to_move"}

    @rule(number=PICK, packs=FEW, expiry=st.integers(0, 2))
    def exchanges(self, number, packs, expiry):
        if held := self.held(number):
            code = f"{held.product.code}-{expiry}"
            try:
                exchange(balance=held, packs=packs, lot=code, expiry=EXPIRIES[expiry], reason="换货", **self.by)
            except Invalid:
                assert EXPIRIES[expiry] <= held.lot.expiry
            except Refused:
                assert packs > held.quantity

    @invariant()
    def nothing_is_below_zero_and_the_book_is_the_sum_of_its_moves(self):
        assert not Balance.objects.filter(quantity__lt=0).exists()
        assert queries.drift() == []
        assert {
            product.pk: queries.amount(product, self.beijing, self.shop.at).there for product in self.goods
        } == self.there


@pytest.mark.req("STK-014", part="older first")
@pytest.mark.req("NFR-005")
def test_keepers_at_work(shop, beijing):
    Keepers.shop, Keepers.beijing = shop, beijing
    unhurried = settings(
        max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    run_state_machine_as_test(Keepers, settings=unhurried)
