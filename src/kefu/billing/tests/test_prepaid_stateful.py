"""Whatever colleagues do with packages in whatever order: units add up, none is lost between two customers, no money goes back twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import (
    ask_refund,
    counter,
    deduct,
    freeze,
    pay_refund,
    refund_units,
    return_units,
    sell_prepaid,
    take_payment,
    thaw,
    transfer,
)
from kefu.billing.actions.prepaid_care import expire
from kefu.billing.jobs import expire_prepaid, watch_prepaid
from kefu.billing.models import Payment, Prepaid, PrepaidEntry, PrepaidLow, Refund
from kefu.billing.queries import charges_of, standing_of
from kefu.billing.queries.prepaid import left_of
from kefu.customers.models import Customer
from kefu.foundation.approvals.actions import approve, decline
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.money import ZERO, total

D = Decimal
PICK, FEW, COIN = st.integers(0, 99), st.integers(1, 4), st.booleans()
NO = {
    "not_enough", "expired", "frozen", "received", "countered", "not_countered", "refund_stands", "nothing_left", "not_frozen",
    "deducted_then", "overpaid", "over_refunded", "payment_voided",
}  # fmt: skip


class Lessons(RuleBasedStateMachine):
    """Two customers, one cashier, and a notebook with the units each has."""

    cast = cashier = people = None

    def __init__(self):
        super().__init__()
        self.at = type(self).clock = type(self).clock + timedelta(days=40)
        expire_prepaid(at=self.at)
        watch_prepaid(at=self.at)
        self.known = set(Prepaid.objects.values_list("pk", flat=True))
        self.units = dict.fromkeys((one.pk for one in self.people), 0)
        self.sells(0, 8, D("100.01"))
        self.sells(1, 3, D(90))

    @property
    def by(self):
        return {"by": self.cashier, "at": self.at}

    @property
    def today(self):
        return self.at.date()

    def picked(self, number, rows):
        rows = list(rows.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def package(self, number):
        return self.picked(number, Prepaid.objects.exclude(pk__in=self.known).select_related("customer__node"))

    def entry(self, number):
        rows = PrepaidEntry.objects.exclude(prepaid__in=self.known).filter(kind__in=["deducted", "refunded"])
        return self.picked(number, rows.select_related("prepaid__customer"))

    def tried(self, work, customer, units):
        """The notebook changes only when the verb did something."""
        try:
            done = work()
        except (Refused, Invalid) as refusal:
            assert getattr(refusal, "code", "") in NO or isinstance(refusal, Invalid)
            return None
        self.units[customer] += units
        return done

    @rule(number=PICK, units=FEW, price=st.sampled_from([D(0), D(10), D("33.33")]))
    def sells(self, number, units, price):
        customer = self.people[number % 2]
        sell_prepaid(
            customer=customer, item="瑜伽", units=units, price=price, valid_until=self.today + timedelta(days=20), **self.by
        )  # fmt: skip
        self.units[customer.pk] += units
        if price:
            take_payment(customer=customer, amount=price if number % 3 else price - D("0.01"), method="cash", **self.by)

    @rule(number=PICK, units=FEW)
    def deducts(self, number, units):
        one = self.package(number)
        work = lambda: deduct(prepaid=one, units=units, on=self.today, item="课", served_by=self.cashier, **self.by)  # noqa: E731
        self.tried(work, one.customer_id, -units)

    @rule(number=PICK)
    def counters(self, number):
        if (one := self.entry(number)) is not None:
            verb = counter if one.kind == "deducted" else return_units
            self.tried(lambda: verb(entry=one, reason="错", **self.by), one.prepaid.customer_id, -one.units)

    @rule(number=PICK, units=FEW)
    def transfers(self, number, units):
        one = self.package(number)
        other = next(person for person in self.people if person.pk != one.customer_id)
        work = lambda: transfer(prepaid=one, to=other, units=units, paper="P", reason="送", **self.by)  # noqa: E731
        if self.tried(work, one.customer_id, -units):
            self.units[other.pk] += units

    @rule(number=PICK, units=FEW)
    def gives_back(self, number, units):
        one = self.package(number)
        self.tried(lambda: refund_units(prepaid=one, units=units, reason="退", **self.by), one.customer_id, -units)

    @rule(number=PICK, yes=COIN)
    def decides(self, number, yes):
        one = self.picked(number, Refund.objects.filter(request__state="open"))
        if one is not None and yes:
            approve(request=one.request, by=self.cast.director, at=self.at)
            pay_refund(refund=Refund.objects.get(pk=one.pk), method="cash", **self.by)
        elif one is not None:
            decline(request=one.request, comment="再谈", by=self.cast.director, at=self.at)

    @rule(number=PICK)
    def asks_for_money_besides(self, number):
        if (payment := self.picked(number, Payment.objects.all())) is not None:
            self.tried(lambda: ask_refund(payment=payment, amount=D(5), reason="x", **self.by), payment.customer_id, 0)

    @rule(number=PICK, days=FEW, stop=COIN)
    def freezes(self, number, days, stop):
        one, until = self.package(number), self.today + timedelta(days=days)
        verb = (lambda: freeze(prepaid=one, starts=self.today, until=until, reason="x", **self.by)) if stop else (
            lambda: thaw(prepaid=one, **self.by))  # fmt: skip
        self.tried(verb, one.customer_id, 0)

    @rule(days=st.sampled_from([1, 7]))
    def time_goes_by(self, days):
        self.at = type(self).clock = self.at + timedelta(days=days)
        for one in Prepaid.objects.exclude(pk__in=self.known).filter(balance__gt=0, valid_until__lt=self.today):
            if gone := expire(prepaid=one, by=self.cast.system, at=self.at):
                self.units[one.customer_id] += gone.units
        watch_prepaid(at=self.at)

    @invariant()
    def units_add_up(self):
        for pk, units in self.units.items():
            rows = Prepaid.objects.exclude(pk__in=self.known).filter(customer=pk)
            usable = sum(one.balance for one in rows if one.valid_until >= self.today)
            assert sum(one.balance for one in rows) == units >= usable == left_of(pk, "瑜伽", self.at)
        for one in Prepaid.objects.exclude(pk__in=self.known):
            came = dict.fromkeys(
                ("bought", "received", "sent", "deducted", "countered", "refunded", "returned", "expired"), 0
            )
            for kind, units in one.entries.values_list("kind", "units"):
                came[kind] += units
            assert one.balance == sum(came.values()) >= 0
            assert -came["refunded"] - came["returned"] <= came["bought"]

    @invariant()
    def no_money_goes_back_twice(self):
        for person in self.people:
            paid = total(Payment.objects.filter(customer=person).values_list("amount", flat=True))
            back = total(Refund.objects.paid_out().filter(payment__customer=person).values_list("amount", flat=True))
            assert ZERO <= back <= paid
            assert all(line.net >= 0 for line in standing_of(charges_of(person)).lines)

    @invariant()
    def little_left_is_said_once(self):
        for person in self.people:
            rows = PrepaidLow.objects.filter(prepaid__customer=person, ended_at=None)
            assert rows.count() == (1 if left_of(person.pk, "瑜伽", self.at) <= 3 else 0)


@pytest.mark.req("CUS-029")
def test_units_and_money_add_up_whatever_colleagues_do(cast, shen, cashier):
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)
    tao = Customer.objects.create(name="陶映川", node=cast.bj, doctor=cast.doctor, health_manager=cast.manager,
                                  created_by=cast.manager, created_at=cast.at)  # fmt: skip
    Lessons.clock, Lessons.cast, Lessons.cashier, Lessons.people = cast.at, cast, cashier, [shen, tao]
    run_state_machine_as_test(
        Lessons,
        settings=settings(
            max_examples=2,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
