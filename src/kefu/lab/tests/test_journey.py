"""The journey's order holds: ordering, handing out and checking move it, and nothing happens before its turn (JRN-005..007)."""

from datetime import timedelta

import pytest

from kefu.consultations.events import ConsultationSaved
from kefu.foundation.audit.trail import action, record
from kefu.foundation.events.bus import announce
from kefu.journey.content import load_journeys
from kefu.journey.models import Journey
from kefu.journey.queries.positions import standing_of
from kefu.kernel.errors import Forbidden, Refused
from kefu.lab.actions import (
    Finding,
    cancel_order,
    check_samples,
    issue_kit,
    place_order,
    print_order,
    record_signature,
    take_back_kit,
    undo_check,
)
from kefu.lab.models import Order
from kefu.lab.testing import PAPER_EXAMPLE, items, open_customer, ordered
from kefu.products.models import RejectReason


@action
def interview(*, customer, by, at):
    """The doctor's interview, of which only the fact counts here."""
    record("test.interview", by=by, at=at)
    announce(ConsultationSaved(consultation_id=1, customer_id=customer.pk, by=by, at=at))


@pytest.fixture
def journeys(centre):
    load_journeys(by=centre.admin, at=centre.at)
    return centre


@pytest.fixture
def customer(journeys):
    return open_customer(journeys)


@pytest.fixture
def consulted(journeys, customer):
    interview(customer=customer, by=journeys.doctor, at=journeys.at)
    return customer


def standing(customer):
    now = standing_of(Journey.objects.get(customer=customer))
    return now.current, now.status_code


@pytest.mark.req("JRN-005")
def test_the_order_is_placed_printed_and_signed_as_the_charging_voucher(journeys, consulted):
    assert standing(consulted) == ("tests_ordered", "consulted")
    order = ordered(journeys, consulted)
    assert (standing(consulted), order.total) == (("kit_issued", "tests_ordered"), 5350)
    sheet = print_order(order=order, by=journeys.manager, at=journeys.at)
    request = print_order(order=order, document="lab.request", by=journeys.manager, at=journeys.at)
    signature = record_signature(order=order, by=journeys.manager, at=journeys.at)
    assert (sheet.document, request.document, signature.charge.amount) == ("lab.order", "lab.request", order.total)
    assert standing(consulted) == ("kit_issued", "tests_ordered")


@pytest.mark.req("JRN-006")
@pytest.mark.req("JRN-007")
def test_dispatch_gives_customer_sampling_and_the_checked_samples_give_testing(journeys, consulted):
    order = ordered(journeys, consulted)
    record_signature(order=order, by=journeys.manager, at=journeys.at)
    issue_kit(order=order, by=journeys.manager, at=journeys.at)
    order.refresh_from_db()
    assert (standing(consulted), order.status) == (("sample_collected", "customer_sampling"), "customer_sampling")
    assert order.promised_due is not None
    first, *others = [Finding(sample) for sample in order.samples.all()]
    check_samples(order=order, findings=[first], by=journeys.manager, at=journeys.at + timedelta(days=1))
    assert standing(consulted) == ("sample_collected", "customer_sampling")
    check_samples(order=order, findings=others, by=journeys.consulting, at=journeys.at + timedelta(days=1))
    order.refresh_from_db()
    assert (standing(consulted), order.status) == (("report_released", "testing"), "testing")


@pytest.mark.req("JRN-007")
def test_an_unfit_sample_shows_re_sampling_until_a_good_one_comes(journeys, consulted):
    order = ordered(journeys, consulted, ("T-GEN",))
    record_signature(order=order, by=journeys.manager, at=journeys.at)
    issue_kit(order=order, by=journeys.manager, at=journeys.at)
    unfit = Finding(order.samples.get(), contents_ok=False, reason=RejectReason.objects.get(code="wrong_tube"))
    _rejected, again = check_samples(order=order, findings=[unfit], by=journeys.consulting, at=journeys.at)
    assert standing(consulted) == ("sample_collected", "resampling")
    check_samples(order=order, findings=[Finding(again)], by=journeys.consulting, at=journeys.at)
    assert standing(consulted) == ("report_released", "testing")


def test_no_step_is_taken_before_its_turn(journeys, customer, consulted):
    other = open_customer(journeys, "贺秋实", "10000000007")
    with pytest.raises(Refused) as early:
        place_order(
            customer=other, doctor=journeys.doctor, items=items(*PAPER_EXAMPLE), by=journeys.doctor, at=journeys.at
        )
    assert early.value.code == "journey_elsewhere"
    order = ordered(journeys, consulted)
    with pytest.raises(Refused) as twice:
        ordered(journeys, consulted)
    assert twice.value.code == "journey_elsewhere"
    record_signature(order=order, by=journeys.manager, at=journeys.at)
    with pytest.raises(Forbidden):
        issue_kit(order=order, by=journeys.doctor, at=journeys.at)
    issue_kit(order=order, by=journeys.manager, at=journeys.at)
    with pytest.raises(Forbidden):
        check_samples(order=order, findings=[Finding(order.samples.first())], by=journeys.doctor, at=journeys.at)
    assert Order.objects.count() == 1


def test_wrong_turns_take_the_journey_back(journeys, consulted):
    order = ordered(journeys, consulted)
    record_signature(order=order, by=journeys.manager, at=journeys.at)
    issue = issue_kit(order=order, by=journeys.manager, at=journeys.at)
    take_back_kit(issue=issue, reason="客户出差", by=journeys.manager, at=journeys.at)
    assert standing(consulted)[0] == "kit_issued"
    cancel_order(order=order, reason="换一组检测", by=journeys.doctor, at=journeys.at)
    assert standing(consulted)[0] == "tests_ordered"
    assert ordered(journeys, consulted, ("T-GEN",)).status == "tests_ordered"


def test_a_check_taken_back_takes_the_journey_back_and_is_made_again(journeys, consulted):
    order = ordered(journeys, consulted, ("T-GEN",))
    record_signature(order=order, by=journeys.manager, at=journeys.at)
    issue_kit(order=order, by=journeys.manager, at=journeys.at)
    sample = order.samples.get()
    check_samples(order=order, findings=[Finding(sample)], by=journeys.consulting, at=journeys.at)
    assert standing(consulted) == ("report_released", "testing")
    undo_check(sample=sample, reason="扫错了盒子", by=journeys.consulting, at=journeys.at)
    assert standing(consulted) == ("sample_collected", "customer_sampling")
    check_samples(order=order, findings=[Finding(sample)], by=journeys.consulting, at=journeys.at)
    assert standing(consulted) == ("report_released", "testing")
