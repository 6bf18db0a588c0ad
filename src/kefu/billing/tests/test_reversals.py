"""A part of what was charged falls away: the charge stays, a charge below zero stands beside it, and money goes back once."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import ask_over, cancel_charge, pay_refund, reverse_charge, take_payment
from kefu.billing.measures import _amounts, _times
from kefu.billing.models import Charge, Refund
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import charges_of, over_of, standing_of, total_due
from kefu.customers.models import TimelineLine
from kefu.foundation.api.actions import issue_token
from kefu.foundation.approvals.actions import approve, decline
from kefu.foundation.audit.trail import Subject
from kefu.foundation.sentences.saying import plain
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.testing.races import at_once

D = Decimal
ITEM = plain("冲红 CH2600001")


@pytest.fixture(autouse=True)
def ladders(cast):
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)


@pytest.fixture
def take_back(cast):
    def run(charge, amount, number, by=None):
        return reverse_charge(
            charge=charge, amount=D(amount), subject=Subject("sales.reversal", number), item=ITEM, reason="少要一瓶",
            by=by or cast.manager, at=cast.at, permission=BillingPermission.CHARGE_RECORD,
        )  # fmt: skip

    return run


def refusal(work, kind=Refused):
    with pytest.raises(kind) as caught:
        work()
    return caught.value


def test_a_part_falls_away_and_what_was_paid_too_much_goes_back_once(cast, client, shen, cashier, owes, take_back):
    charge = owes("1454", 1)
    payment = take_payment(customer=shen, amount=D(1400), method="cash", by=cashier, at=cast.at)
    take_back(charge, "298", 7)
    account = standing_of(charges_of(shen))
    assert (account.due, account.paid, account.owed, account.over) == (D(1156), D(1400), D(0), D(244))
    assert (total_due(shen), over_of(charge)) == (D(1156), D(244))
    assert [
        line.amount for line in TimelineLine.objects.filter(kind="spending", amount__isnull=False).order_by("pk")
    ] == [D(1454), D(-298)]
    assert (
        refusal(partial(take_payment, customer=shen, amount=D(1), method="cash", by=cashier, at=cast.at)).code
        == "overpaid"
    )
    (refund,) = ask_over(charge=charge, reason="少要一瓶", by=cast.manager, at=cast.at)
    assert (refund.payment, refund.amount) == (payment, D(244))
    assert refusal(partial(ask_over, charge=charge, reason="再退", by=cast.manager, at=cast.at)).code == "nothing_over"
    decline(request=refund.request, comment="收据没带", by=cast.director, at=cast.at)
    (again,) = ask_over(charge=charge, reason="收据补上了", by=cast.manager, at=cast.at)
    approve(request=again.request, by=cast.director, at=cast.at)
    pay_refund(refund=Refund.objects.get(pk=again.pk), method="cash", by=cashier, at=cast.at)
    account = standing_of(charges_of(shen))
    assert (account.paid, account.owed, account.over, over_of(charge)) == (D(1156), D(0), D(0), D(0))
    secret = issue_token(user=cashier, name="柜台", by=cashier, at=cast.at)
    told = client.get(f"/api/v1/charges?customer=cus_{shen.pk}", headers={"Authorization": f"Bearer {secret}"}).json()[
        "items"
    ]
    assert [(row["amount"], row["reversed"], row["reverses"], row["owed"]) for row in told] == [
        ("-298.00", "0.00", charge.number, "0.00"), ("1454.00", "298.00", None, "0.00"),
    ]  # fmt: skip


def test_no_more_is_taken_back_than_was_charged_and_a_reversed_charge_counts_for_what_is_left(
    cast, shen, owes, take_back, cashier
):
    first, second = owes("100", 1), owes("50", 2)
    take_back(first, "40", 1)
    assert refusal(lambda: take_back(first, "60.01", 2)).details == {"left": "60.00"}
    for amount in ("0", "-5"):
        assert refusal(lambda amount=amount: take_back(first, amount, 3), Invalid).errors[0].field == "amount"
    refusal(lambda: take_back(first, "1", 3, by=cast.service), Forbidden)
    for charge in (first, first.reversals.get()):
        assert (
            refusal(partial(cancel_charge, charge=charge, reason="x", by=cast.manager, at=cast.at)).code
            == "charge_reversed"
        )
    assert (_amounts([shen.pk], None, cast.at.replace(hour=23)), _times([shen.pk], None, cast.at.replace(hour=23))) == (
        {shen.pk: D(110)},
        {shen.pk: D(2)},
    )
    take_back(first, "60", 4)
    assert _times([shen.pk], None, cast.at.replace(hour=23)) == {shen.pk: D(1)}
    assert list(Charge.objects.bought()) == [second]
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(customer=shen, number="X", subject_kind="x", subject_id=1, said="x", amount=D(-1), reverses=first,
                              recorded_by=cast.manager, recorded_at=cast.at)  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.filter(pk=second.pk).update(amount=F("amount") * -1)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_last_of_a_charge_back_meet(cast, owes, take_back):
    charge = owes("100", 1)
    got = at_once([partial(take_back, charge, "60", number) for number in range(4)])
    assert sorted(getattr(one, "code", "done") for one in got) == [
        "done",
        "over_reversed",
        "over_reversed",
        "over_reversed",
    ]
    assert standing_of([charge]).lines[0].owed == D(40)
