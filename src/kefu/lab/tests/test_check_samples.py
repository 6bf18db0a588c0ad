"""Three checks at the desk: only a qualified sample goes to testing, an unfit one is taken again (LAB-006, JRN-007)."""

from datetime import date, timedelta

import pytest

from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.lab.actions import (
    Finding,
    cancel_order,
    check_samples,
    consign_samples,
    issue_replacement_kit,
    take_back_kit,
    undo_check,
)
from kefu.lab.models import Sample
from kefu.lab.queries.results import sampled_on
from kefu.lab.queries.samples import awaited, scanned
from kefu.lab.testing import in_testing, sampling
from kefu.messaging.content import load as load_messages
from kefu.messaging.models import Message
from kefu.products.models import RejectReason


def haemolysis():
    return RejectReason.objects.get(code="haemolysis")


@pytest.mark.req("LAB-006")
def test_qualified_samples_go_to_testing_and_the_report_date_counts_from_then(centre, customer):
    load_messages(by=centre.admin, at=centre.at)
    order = sampling(centre, customer)
    later = centre.at + timedelta(days=2, hours=7)
    assert sampled_on(order.items.first()) is None
    check_samples(order=order, findings=[Finding(one) for one in order.samples.all()], by=centre.consulting, at=later)
    order.refresh_from_db()
    assert (order.status, order.testing_since, order.promised_due) == ("testing", later, date(2026, 12, 10))
    assert [(row.kind, row.starts_on, row.days, row.due_on) for row in order.promises.all()] == [
        ("estimated", date(2026, 11, 23), 10, date(2026, 12, 7)),
        ("promised", date(2026, 11, 23), 10, date(2026, 12, 7)),
        ("recomputed", date(2026, 11, 26), 10, date(2026, 12, 10)),
    ]
    sample = order.samples.first()
    assert (sample.contents_ok, sample.number_ok, sample.quality_ok) == (True, True, True)
    assert (sample.checked_by, sample.checked_at, sample.checked_node) == (centre.consulting, later, centre.hq)
    assert sampled_on(order.items.first()) == date(2026, 11, 25)
    assert "12月10日" in Message.objects.get(template__code="sample_received").body


@pytest.mark.req("LAB-006")
@pytest.mark.parametrize("check", ["contents_ok", "number_ok", "quality_ok"])
def test_any_failed_check_means_taking_the_sample_again(centre, customer, check):
    order = sampling(centre, customer, ("T-GEN",))
    sample = order.samples.get()
    with pytest.raises(Invalid) as why:
        check_samples(order=order, findings=[Finding(sample, **{check: False})], by=centre.manager, at=centre.at)
    assert why.value.errors[0].field == "reason"
    finding = Finding(sample, **{check: False}, reason=haemolysis(), note="颜色发红")
    unfit, again = check_samples(order=order, findings=[finding], by=centre.manager, at=centre.at)
    order.refresh_from_db()
    assert (order.status, order.testing_since) == ("resampling", None)
    assert (unfit.state, unfit.reason.code, unfit.note) == ("rejected", "haemolysis", "颜色发红")
    assert (again.barcode, again.state, again.replaces) == ("S261100001-2", "awaited", unfit)
    assert sampled_on(order.items.get()) is None


@pytest.mark.req("LAB-006")
def test_one_unfit_sample_keeps_the_order_from_testing_until_it_is_taken_again(centre, customer):
    order = sampling(centre, customer)
    food, oat, gen = order.samples.all()
    findings = [Finding(food), Finding(oat), Finding(gen, quality_ok=False, reason=haemolysis())]
    check_samples(order=order, findings=findings, by=centre.consulting, at=centre.at)
    order.refresh_from_db()
    assert order.status == "resampling"
    assert [sampled_on(line) is not None for line in order.items.all()] == [True, True, False]
    notice = Notice.objects.get(code="lab_resampling")
    assert notice.user == centre.manager
    again = order.samples.get(replaces=gen)
    check_samples(order=order, findings=[Finding(again)], by=centre.consulting, at=centre.at + timedelta(days=3))
    order.refresh_from_db()
    assert (order.status, order.promised_due) == ("testing", date(2026, 12, 10))
    assert order.samples.count() == 4


def test_a_new_kit_for_the_second_try_is_optional(centre, customer):
    order = sampling(centre, customer, ("T-GEN",))
    with pytest.raises(Refused) as nothing:
        issue_replacement_kit(order=order, by=centre.manager, at=centre.at)
    assert nothing.value.code == "nothing_to_replace"
    finding = Finding(order.samples.get(), number_ok=False, reason=RejectReason.objects.get(code="short_quantity"))
    check_samples(order=order, findings=[finding], by=centre.manager, at=centre.at)
    issue = issue_replacement_kit(order=order, by=centre.manager, at=centre.at)
    again = order.samples.get(state="awaited")
    assert (again.kit_line.issue, again.barcode) == (issue, "S261100001-2")
    take_back_kit(issue=issue, reason="改在中心采", by=centre.manager, at=centre.at)
    again.refresh_from_db()
    order.refresh_from_db()
    assert (again.kit_line, again.state, order.status) == (None, "awaited", "resampling")


def test_a_mistaken_check_is_taken_back(centre, customer):
    order = in_testing(centre, customer)
    sample = order.samples.last()
    with pytest.raises(Invalid):
        undo_check(sample=sample, reason="", by=centre.consulting, at=centre.at)
    undo_check(sample=sample, reason="扫错了盒子", by=centre.consulting, at=centre.at)
    sample.refresh_from_db()
    order.refresh_from_db()
    assert (sample.state, sample.contents_ok, sample.checked_by) == ("awaited", None, None)
    assert (order.status, order.promised_due) == ("customer_sampling", date(2026, 12, 7))
    with pytest.raises(Refused):
        undo_check(sample=sample, reason="再来", by=centre.consulting, at=centre.at)


def test_taking_a_rejection_back_drops_the_sample_that_replaced_it(centre, customer):
    order = sampling(centre, customer, ("T-GEN",))
    unfit, again = check_samples(
        order=order,
        findings=[Finding(order.samples.get(), quality_ok=False, reason=haemolysis())],
        by=centre.manager,
        at=centre.at,
    )
    undo_check(sample=unfit, reason="看错了", by=centre.manager, at=centre.at)
    again.refresh_from_db()
    order.refresh_from_db()
    assert (again.state, order.status) == ("void", "customer_sampling")
    check_samples(order=order, findings=[Finding(unfit)], by=centre.manager, at=centre.at)
    order.refresh_from_db()
    assert order.status == "testing"


@pytest.mark.req("LAB-005")
def test_how_the_samples_travel_is_recorded(centre, customer):
    order = sampling(centre, customer)
    with pytest.raises(Invalid) as missing:
        consign_samples(order=order, mode="posted", by=centre.manager, at=centre.at)
    assert [error.field for error in missing.value.errors] == ["carrier", "waybill"]
    first = order.samples.first()
    posted = consign_samples(
        order=order, mode="posted", carrier="顺丰", waybill="SF200", samples=[first], by=centre.manager, at=centre.at
    )
    sent = consign_samples(order=order, mode="sent", by=centre.manager, at=centre.at + timedelta(hours=2))
    assert [(one.mode, one.waybill, one.sent_on, one.samples.count()) for one in (posted, sent)] == [
        ("posted", "SF200", date(2026, 11, 23), 1),
        ("sent", "", date(2026, 11, 23), 2),
    ]
    with pytest.raises(Refused) as nothing:
        consign_samples(order=order, mode="sent", by=centre.manager, at=centre.at)
    assert nothing.value.code == "nothing_to_send"


def test_what_was_checked_is_not_checked_again_and_not_cancelled(centre, customer):
    order = in_testing(centre, customer)
    again = [Finding(order.samples.first())]
    with pytest.raises(Refused) as twice:
        check_samples(order=order, findings=again, by=centre.consulting, at=centre.at)
    assert twice.value.code == "already_checked"
    with pytest.raises(Refused) as late:
        cancel_order(order=order, reason="客户改主意", by=centre.doctor, at=centre.at)
    assert late.value.code == "sample_accepted"
    with pytest.raises(Refused) as used:
        take_back_kit(issue=order.kit_issues.get(), reason="x", by=centre.manager, at=centre.at)
    assert used.value.code == "kit_used"
    with pytest.raises(Refused) as nothing:
        check_samples(order=order, findings=[], by=centre.consulting, at=centre.at)
    assert nothing.value.code == "nothing_to_check"


def test_samples_are_checked_by_the_own_manager_or_the_consulting_department(centre, customer):
    order = sampling(centre, customer)
    findings = [Finding(one) for one in order.samples.all()]
    for person in (centre.doctor, centre.service, centre.keeper, centre.lab_system, centre.director):
        with pytest.raises(Forbidden):
            check_samples(order=order, findings=findings, by=person, at=centre.at)
    with pytest.raises(OutOfScope):
        check_samples(order=order, findings=findings, by=centre.manager2, at=centre.at)
    assert set(Sample.objects.values_list("state", flat=True)) == {"awaited"}
    check_samples(order=order, findings=findings, by=centre.manager, at=centre.at)


def test_samples_that_should_have_come_are_listed_with_their_delay(centre, customer):
    order = sampling(centre, customer)
    assert awaited(centre.consulting, centre.at, overdue=True) == []
    (late,) = awaited(centre.consulting, centre.at + timedelta(days=5), overdue=True)
    assert (late.order, late.samples, late.days_late) == (order, 3, 3)
    assert awaited(centre.sh_manager, centre.at + timedelta(days=5)) == []


def test_a_scan_finds_the_sample_its_kit_or_its_order(centre, customer):
    order = sampling(centre, customer)
    assert [one.barcode for one in scanned(" s261100001-2 ", centre.consulting)] == ["S261100001-2"]
    assert len(scanned(order.number, centre.consulting)) == 3
    kit = order.kit_issues.get().lines.first()
    assert {one.kit_line_id for one in scanned(kit.barcode, centre.manager)} == {kit.pk}
    assert scanned("S261100001", centre.consulting) == scanned("", centre.consulting) == []
    assert scanned(order.number, centre.sh_manager) == []
