"""Whatever cashiers do in whatever order: money adds up by desk, day, way and customer, nothing is negative, numbers have no gaps."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import (
    Counted,
    ask_refund,
    close_day,
    confirm_close,
    drop_refund,
    pay_refund,
    reopen_day,
    take_payment,
    void_payment,
)
from kefu.billing.models import DayClose, Payment, Refund
from kefu.billing.queries import charges_of, consumption_of, expected_of, float_of, standing_of
from kefu.foundation.approvals.actions import approve, decline
from kefu.kernel.errors import Invalid, Refused

D = Decimal
PICK = st.integers(0, 99)
FEN = st.integers(1, 12_000).map(lambda fen: D(fen) / 100)


class Cashiers(RuleBasedStateMachine):
    """Two cashiers and finance at one desk; `drawer` is the cash that a person with a notebook would say lies in it."""

    desk = cast = cashier = finance = shen = owes = None

    def __init__(self):
        super().__init__()
        self.at = type(self).clock = type(self).clock + timedelta(days=1)
        self.before = {kind.pk for kind in Payment.objects.all()}
        self.paid, self.back, self.slip = D(0), D(0), 0
        self.drawer = float_of(self.desk) or D(0)
        self.owes(5000, type(self).order)
        type(self).order += 1

    def picked(self, number, rows):
        rows = list(rows.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @property
    def by(self):
        return {"by": self.cashier, "at": self.at}

    @rule(amount=FEN, cash=st.booleans())
    def pays(self, amount, cash):
        type(self).slips += 1
        way = {"method": "cash"} if cash else {"method": "wechat", "reference": f"W{type(self).slips}"}
        if take_payment(customer=self.shen, amount=amount, **way, **self.by).method == "cash":
            self.drawer += amount
        self.paid += amount

    @rule(number=PICK)
    def voids(self, number):
        payment = self.picked(number, Payment.objects.exclude(pk__in=self.before))
        if payment is None:
            return
        closed = DayClose.objects.standing().filter(day=payment.day).exists()
        try:
            void_payment(payment=payment, reason="记错", **self.by)
        except Refused as refusal:
            assert refusal.code in {"payment_voided", "other_day", "refund_asked"}
            return
        assert not closed
        self.paid -= payment.amount
        self.drawer -= payment.amount if payment.method == "cash" else 0

    @rule(number=PICK, amount=FEN, yes=st.booleans())
    def asks(self, number, amount, yes):
        payment = self.picked(number, Payment.objects.exclude(pk__in=self.before))
        if payment is None:
            return
        try:
            request = ask_refund(payment=payment, amount=amount, reason="不做了", **self.by).request
        except Refused as refusal:
            assert refusal.code in {"over_refunded", "payment_voided"}
            return
        if yes:
            approve(request=request, by=self.cast.director, at=self.at)
        else:
            decline(request=request, comment="再谈", by=self.cast.director, at=self.at)

    @rule(number=PICK, cash=st.booleans())
    def pays_back(self, number, cash):
        refund = self.picked(number, Refund.objects.to_pay())
        if refund is None:
            return
        type(self).slips += 1
        cash = cash or refund.payment.method == "cash"
        way = {"method": "cash"} if cash else {"method": "wechat", "reference": f"R{type(self).slips}"}
        pay_refund(refund=refund, **way, **self.by)
        self.back += refund.amount
        self.drawer -= refund.amount if cash else 0

    @rule(number=PICK)
    def drops(self, number):
        if (refund := self.picked(number, Refund.objects.to_pay())) is not None:
            drop_refund(refund=refund, reason="没来取", **self.by)

    @precondition(lambda self: self.drawer >= 0)
    @rule(apart=st.sampled_from([D(0), D("-0.1"), D(60)]))
    def closes(self, apart):
        counted = max(self.drawer, D(0)).quantize(D("0.1"), "ROUND_DOWN") + max(apart, D(0))
        pieces = {D(1): int(counted), D("0.1"): int(counted * 10) % 10}
        first = float_of(self.desk) is None
        given = Counted(pieces, {}, left=counted, opening=D(0) if first else None)
        try:
            close = close_day(desk=self.desk, counted=given, reason="零头", carry=True, **self.by)
        except (Refused, Invalid) as refusal:
            assert getattr(refusal, "code", "") in {"nothing_to_close", "not_confirmed"}
            return
        if close.two_people:
            confirm_close(close=close, by=self.finance, at=self.at)
        self.drawer = counted
        self.at = type(self).clock = self.at + timedelta(days=1)

    @invariant()
    def adds_up(self):
        found, account = consumption_of(self.shen), standing_of(charges_of(self.shen))
        assert found.net == account.paid
        taken = Payment.objects.counting().exclude(pk__in=self.before)
        assert sum(one.amount for one in taken) == self.paid
        refunds = Refund.objects.paid_out().exclude(payment__in=self.before)
        assert sum(one.amount for one in refunds) == self.back
        assert all(0 <= line.paid <= line.charge.amount for line in account.lines)

    @invariant()
    def the_closed_stay_closed(self):
        for close in DayClose.objects.standing():
            book = {one.method.value: one.amount for one in expected_of(self.desk, close.day)}
            kept = {line.method: line.expected for line in close.lines.all()}
            book["cash"] += close.opening
            assert kept == book

    @invariant()
    def numbers_have_no_gaps(self):
        for rows in (Payment.objects.all(), Refund.objects.paid_out(), DayClose.objects.all()):
            years = Counter(number[: number.rindex("-") + 3] for number in rows.values_list("number", flat=True))
            for prefix, many in years.items():
                assert set(rows.filter(number__startswith=prefix).values_list("number", flat=True)) == {
                    f"{prefix}{number:05d}" for number in range(1, many + 1)
                }


def test_money_adds_up_whatever_cashiers_do(cast, shen, cashier, finance, owes):
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)
    owes("1", 1)
    payment = take_payment(customer=shen, amount=D(1), method="cash", by=cashier, at=cast.at)
    Cashiers.clock, Cashiers.order, Cashiers.slips = cast.at, 2, 0
    Cashiers.desk, Cashiers.cast, Cashiers.cashier, Cashiers.finance = payment.desk, cast, cashier, finance
    Cashiers.shen, Cashiers.owes = shen, staticmethod(owes)
    run_state_machine_as_test(
        Cashiers,
        settings=settings(
            max_examples=2,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    closed = DayClose.objects.standing().order_by("-day").first()
    reopened = reopen_day(close=closed, reason="重点", by=finance, at=Cashiers.clock)
    assert reopened.status == "reopened"
