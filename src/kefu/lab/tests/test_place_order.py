"""The doctor orders tests; the total is computed, nobody types it (LAB-001, JRN-005)."""

from datetime import date
from decimal import Decimal

import pytest

from kefu.customers.models import TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.lab.actions import place_order
from kefu.lab.models import Order
from kefu.lab.testing import items, open_customer, ordered, packages
from kefu.products.models import TestItem


@pytest.mark.req("LAB-001")
def test_the_total_of_the_worked_example(centre, customer):
    order = ordered(centre, customer)
    lines = [(line.item.code, line.price, line.quantity, line.amount) for line in order.items.all()]
    assert lines == [
        ("T-FOOD", Decimal("1800.00"), 1, Decimal("1800.00")),
        ("T-OAT", Decimal("2600.00"), 1, Decimal("2600.00")),
        ("T-GEN", Decimal("475.00"), 2, Decimal("950.00")),
    ]
    assert order.total == Decimal("5350.00")
    assert (order.number, order.status, order.promised_due) == ("L26110001", "tests_ordered", None)


@pytest.mark.req("LAB-004")
def test_the_report_date_is_estimated_from_the_slowest_test(centre, customer):
    order = ordered(centre, customer)
    slowest = max(TestItem.objects.filter(code__in=["T-FOOD", "T-OAT", "T-GEN"]), key=lambda item: item.turnaround_days)
    assert slowest.turnaround_days == 10
    assert order.estimated_due == date(2026, 12, 7)
    promise = order.promises.get()
    assert (promise.kind, promise.starts_on, promise.days, promise.calendar_days) == (
        "estimated", date(2026, 11, 23), 10, False,
    )  # fmt: skip


def test_a_package_is_charged_at_its_own_price_over_its_lines(centre, customer):
    order = place_order(
        customer=customer,
        doctor=centre.doctor,
        items=items("T-ELE"),
        packages=packages("P-BASE"),
        by=centre.doctor,
        at=centre.at,
    )
    parts = [line.amount for line in order.items.filter(package__code="P-BASE")]
    assert (len(parts), sum(parts)) == (4, Decimal("3070.00"))
    assert order.total == Decimal("4250.00")


@pytest.mark.req("JRN-005")
@pytest.mark.req("CUS-007", part="tests")
def test_the_health_manager_is_told_and_the_facts_are_written(centre, customer):
    order = ordered(centre, customer)
    notice = Notice.objects.get(code="lab_order_placed")
    assert (notice.user, notice.customer_id) == (centre.manager, customer.pk)
    assert order.number in notice.text
    assert "T-" not in notice.text
    fact = TimelineLine.objects.get(customer=customer, kind="test")
    assert (fact.amount, fact.lines[-1]) == (Decimal("5350.00"), "一般健康检查（血） ¥475.00 ×2")
    entry = AuditEntry.objects.get(code="lab.order.placed")
    assert (entry.by, entry.changes["total"], entry.customer_id) == (centre.doctor, [None, "5350.00"], customer.pk)


@pytest.mark.parametrize(
    ("codes", "bundles", "code"),
    [((), (), "required"), (("T-GEN",), ("P-BASE",), "twice"), (("T-THY",), (), "retired")],
)
def test_an_order_names_what_is_wrong_with_it(centre, customer, codes, bundles, code):
    TestItem.objects.filter(code="T-THY").update(active=False)
    with pytest.raises(Invalid) as refusal:
        place_order(
            customer=customer,
            doctor=centre.doctor,
            items=items(*codes),
            packages=packages(*bundles),
            by=centre.doctor,
            at=centre.at,
        )
    assert refusal.value.errors[0].code == code
    assert not Order.objects.exists()


def test_only_doctors_order_and_only_for_own_customers(centre, customer):
    order = {"customer": customer, "doctor": centre.doctor, "items": items("T-GEN"), "at": centre.at}
    for person in (centre.manager, centre.consulting, centre.service, centre.keeper, centre.director):
        with pytest.raises(Forbidden):
            place_order(**order, by=person)
    for person in (centre.doctor2, centre.sh_doctor):
        with pytest.raises(OutOfScope):
            place_order(**order, by=person)
    with pytest.raises(Invalid):
        place_order(**(order | {"doctor": centre.sh_doctor}), by=centre.doctor)
    assert not Order.objects.exists()


def test_a_lead_has_to_have_an_archive_first(centre):
    from kefu.customers.actions import create_lead

    lead = create_lead(name="贺秋实", phone="10000000007", node=centre.bj, by=centre.manager, at=centre.at).customer
    lead.doctor = centre.doctor
    lead.save()
    with pytest.raises(Refused) as refusal:
        place_order(customer=lead, doctor=centre.doctor, items=items("T-GEN"), by=centre.doctor, at=centre.at)
    assert refusal.value.code == "no_archive"


def test_numbers_run_without_gaps_through_the_month(centre, customer):
    other = open_customer(centre, "贺秋实", "10000000007")
    first = ordered(centre, customer)
    with pytest.raises(Invalid):
        place_order(customer=other, doctor=centre.doctor, items=[], by=centre.doctor, at=centre.at)
    assert [first.number, ordered(centre, other).number] == ["L26110001", "L26110002"]
