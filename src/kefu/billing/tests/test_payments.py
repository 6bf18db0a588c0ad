"""A customer pays in parts at the desk: every fen is accounted for, every receipt has its number."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from kefu.billing.actions import cancel_charge, open_desk, take_payment, void_payment
from kefu.billing.models import Charge, Desk, Payment, PaymentLine, Refund
from kefu.billing.queries import charges_of, payments_listed, standing_of, takings
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.testing.races import at_once

D = Decimal


@pytest.fixture
def pay(cast, cashier, shen):
    def take(amount, method="cash", **more):
        return take_payment(
            **{"customer": shen, "amount": D(amount), "method": method, "by": cashier, "at": cast.at} | more
        )

    return take


def owed(customer):
    return standing_of(charges_of(customer)).owed


@pytest.mark.req("PRD-004")
def test_part_in_cash_and_the_rest_by_wechat_over_two_charges(cast, shen, owes, pay):
    first, second = owes("100", 1), owes("50.50", 2)
    cash = pay("120", given=D("200"))
    assert (cash.number, cash.change, str(cash.day)) == ("SJ-BJ-2600001", D("80.00"), "2026-11-23")
    assert list(cash.lines.order_by("pk").values_list("charge", "amount")) == [
        (first.pk, D("100.00")),
        (second.pk, D("20.00")),
    ]
    assert owed(shen) == D("30.50")
    rest = pay("30.50", "wechat", reference=" 4200001 ")
    assert (rest.number, rest.reference, rest.change) == ("SJ-BJ-2600002", "4200001", None)
    account = standing_of(charges_of(shen))
    assert (account.due, account.paid, account.owed, account.open) == (D("150.50"), D("150.50"), D("0.00"), [])
    said = [str(line.item) for line in TimelineLine.objects.filter(customer=shen, kind="spending").order_by("pk")]
    assert len(said) == 4
    assert sum(line.amount or 0 for line in TimelineLine.objects.filter(customer=shen, kind="spending")) == D("150.50")
    row = AuditEntry.objects.filter(code="billing.payment.taken").latest("pk")
    assert (row.customer_id, row.node_id, row.changes["amount"]) == (shen.pk, cast.bj.pk, [None, "30.50"])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": D("0")}, "amount"), ({"amount": D("-5")}, "amount"), ({"amount": D("0.005")}, "amount"), ({"amount": D("NaN")}, "amount"),
        ({"amount": D("Infinity")}, "amount"), ({"method": "shells"}, "method"), ({"method": "alipay"}, "reference"),
        ({"method": "card", "reference": "  "}, "reference"), ({"method": "card", "reference": "9" * 65}, "reference"), ({"given": D("9.99")}, "given"),
        ({"method": "card", "reference": "9", "given": D("20")}, "given"), ({"given": D("20.001")}, "given"),
    ],
)  # fmt: skip
def test_what_is_no_payment_is_refused_and_leaves_nothing(cast, shen, owes, pay, changed, field):
    owes("100", 1)
    with pytest.raises(Invalid) as refusal:
        pay(**{"amount": "10"} | changed)
    assert [error.field for error in refusal.value.errors] == [field]
    assert not Payment.objects.exists()


def test_nobody_pays_more_than_is_owed_nor_for_what_was_cancelled(cast, shen, owes, pay):
    first, second = owes("100", 1), owes("50", 2)
    with pytest.raises(Refused) as refusal:
        pay("100.01", charges=[first])
    assert (refusal.value.code, refusal.value.details) == ("overpaid", {"owed": "100.00"})
    cancel_charge(charge=second, reason="不做了", by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as refusal:
        pay("10", charges=[second])
    assert refusal.value.code == "charge_cancelled"
    with pytest.raises(Refused):
        pay("150")
    pay("100")
    with pytest.raises(Refused) as refusal:
        cancel_charge(charge=first, reason="不做了", by=cast.manager, at=cast.at)
    assert refusal.value.code == "charge_paid"


def test_the_database_itself_refuses_what_does_not_add_up(cast, shen, owes, pay):
    charge = owes("100", 1)
    payment = pay("60")
    other = Customer.objects.create(name="陶映川", node=cast.bj, created_by=cast.manager, created_at=cast.at)
    foreign = owes("70", 2, other)
    attempts = [
        lambda: PaymentLine.objects.create(payment=payment, charge=owes("10", 3), amount=D("10.01")),
        lambda: PaymentLine.objects.create(payment=payment, charge=foreign, amount=D("1")),
        lambda: Payment.objects.filter(pk=payment.pk).update(amount=D("1")),
        lambda: Payment.objects.filter(pk=payment.pk).update(day="2026-11-24"),
        lambda: payment.delete(),
        lambda: PaymentLine.objects.update(amount=D("1")),
        lambda: Charge.objects.filter(pk=charge.pk).update(amount=D("59.99")),
        lambda: Charge.objects.filter(pk=charge.pk).update(state="cancelled", reason="x", cancelled_by=cast.manager, cancelled_at=cast.at),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert owed(shen) == D("40.00")


@pytest.mark.django_db(transaction=True)
def test_a_payment_without_its_parts_is_not_kept(cast, shen, owes, pay, cashier):
    owes("100", 1)
    desk = pay("10").desk
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            number="X",
            customer=shen,
            desk=desk,
            day=cast.at.date(),
            method="cash",
            amount=5,
            by=cashier,
            at=cast.at,
        )
    assert Payment.objects.count() == 1


def test_a_slip_counts_once_and_again_after_it_was_voided(cast, shen, owes, pay, cashier):
    owes("100", 1)
    wrong = pay("60", "wechat", reference="4200001")
    with pytest.raises(Refused) as refusal:
        pay("40", "wechat", reference="4200001")
    assert refusal.value.code == "reference_used"
    pay("1", "alipay", reference="4200001")
    void_payment(payment=wrong, reason="记错金额", by=cashier, at=cast.at)
    again = pay("99", "wechat", reference="4200001")
    assert (again.number, owed(shen)) == ("SJ-BJ-2600003", D("0.00"))
    with pytest.raises(Refused) as refusal:
        void_payment(payment=wrong, reason="再来", by=cashier, at=cast.at)
    assert refusal.value.code == "payment_voided"
    with pytest.raises(Invalid):
        void_payment(payment=again, reason="  ", by=cashier, at=cast.at)
    with pytest.raises(Refused) as refusal:
        void_payment(payment=again, reason="昨天的", by=cashier, at=cast.at + timedelta(days=1))
    assert refusal.value.code == "other_day"


def test_a_form_sent_twice_is_one_payment(shen, owes, pay):
    charge, other = owes("100", 1), owes("7", 2)
    first = pay("60", key="form-1", given=D("100"), charges=[charge])
    assert pay("60", key="form-1", given=D("100.00"), charges=[charge]) == first
    same = {"amount": "60", "key": "form-1", "given": D("100"), "charges": [charge]}
    for changed in (
        {"amount": "40"},
        {"given": D("60")},
        {"given": None},
        {"charges": [charge, other]},
        {"charges": None},
    ):
        with pytest.raises(Refused) as refusal:
            pay(**same | changed)
        assert refusal.value.code == "key_used"
    pay("7", charges=[other])
    assert owed(shen) == D("40.00")


def test_who_may_take_money_and_where(cast, shen, owes, pay, cashier):
    owes("100", 1)
    for somebody, refusal in ((cast.doctor, Forbidden), (cast.director, Forbidden), (cast.sh_manager, OutOfScope)):
        with pytest.raises(refusal):
            pay("10", by=somebody)
    with pytest.raises(Forbidden):
        open_desk(node=cast.bj, by=cashier, at=cast.at)
    shanghai = open_desk(node=cast.sh, by=cast.admin, at=cast.at)
    with pytest.raises(Invalid):
        pay("10", desk=shanghai)
    own = pay("10", by=cast.manager)
    assert (own.desk.node, own.desk.position) == (cast.bj, 1)
    second = open_desk(node=cast.bj, by=cast.admin, at=cast.at)
    assert (second.position, pay("10", desk=second).desk) == (2, second)
    assert not Payment.objects.visible_to(cast.sh_manager).exists()
    assert Payment.objects.visible_to(cast.director).count() == 2
    cash, *others = takings(payments_listed(cashier, {"desk": str(second.pk)}, cast.at), Refund.objects.none())
    assert (cash.method, cash.count, cash.amount, sum(one.amount for one in others)) == ("cash", 1, D("10.00"), 0)


def test_numbers_have_no_gap_when_a_payment_is_rolled_back(shen, owes, pay):
    owes("100", 1)
    pay("10")
    with pytest.raises(RuntimeError), transaction.atomic():
        pay("10")
        raise RuntimeError
    pay("10")
    assert list(Payment.objects.order_by("pk").values_list("number", flat=True)) == ["SJ-BJ-2600001", "SJ-BJ-2600002"]


@pytest.mark.django_db(transaction=True)
def test_six_cashiers_at_one_charge_take_what_is_owed_and_no_fen_more(cast, shen, owes, pay):
    owes("100", 1)
    got = at_once([partial(pay, "30", "card", reference=str(number)) for number in range(6)])
    taken = [one for one in got if isinstance(one, Payment)]
    refused = [one for one in got if isinstance(one, Refused)]
    assert (len(taken), {one.code for one in refused}, len(refused)) == (3, {"overpaid"}, 3)
    assert owed(shen) == D("10.00")
    assert sorted(one.number for one in taken) == [f"SJ-BJ-26{n:05d}" for n in (1, 2, 3)]
    assert Desk.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_slip_at_two_customers_at_once_counts_for_one(cast, shen, owes, pay):
    other = Customer.objects.create(name="陶映川", node=cast.bj, created_by=cast.manager, created_at=cast.at)
    owes("100", 1)
    owes("100", 2, other)
    got = at_once([partial(pay, "30", "wechat", reference="42", customer=one) for one in (shen, other)])
    assert sorted(type(one).__name__ for one in got) == ["Payment", "Refused"]
    [refusal] = [one for one in got if isinstance(one, Refused)]
    assert refusal.code == "reference_used"
