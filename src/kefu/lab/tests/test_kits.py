"""The health manager hands out kits: stock, sampling guide, sample numbers, report date (LAB-003, LAB-004, LAB-005, JRN-006)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.lab.actions import cancel_order, change_order, issue_kit, print_order, take_back_kit
from kefu.lab.documents import guide, labels
from kefu.lab.models import KitIssue, Sample
from kefu.lab.testing import items, ordered, sampling, signed
from kefu.messaging.content import load as load_messages
from kefu.messaging.models import Message
from kefu.products.models import Product
from kefu.stock.models import Balance, Warehouse
from kefu.stock.queries import amount
from kefu.testing.cast import AT


def left(kit):
    return amount(Product.objects.get(kit__code=kit), Warehouse.objects.get(code="WH-BJ"), AT).there


@pytest.mark.req("LAB-004")
@pytest.mark.req("LAB-005")
def test_the_kits_leave_the_centre_and_the_report_date_is_promised(centre, customer):
    order = signed(centre, customer)
    before = {kit: left(kit) for kit in ("K-BLOOD", "K-URINE", "K-DBS")}
    issue = issue_kit(order=order, by=centre.manager, at=centre.at)
    order.refresh_from_db()
    kits = [line.kit.code for line in issue.lines.all()]
    assert {kit: before[kit] - left(kit) for kit in before if kit in kits} == {kit: 1 for kit in kits if kit in before}
    assert sum(line.packs for line in issue.slip.lines.all()) == len(kits)
    assert (order.status, order.promised_due, issue.mode) == ("customer_sampling", date(2026, 12, 7), "handed")
    samples = list(order.samples.all())
    assert [(one.order_item.item.code, one.barcode, one.state) for one in samples] == [
        ("T-FOOD", "S261100001-1", "awaited"),
        ("T-OAT", "S261100001-2", "awaited"),
        ("T-GEN", "S261100001-3", "awaited"),
    ]
    assert {one.due_on for one in samples} == {date(2026, 11, 25)}
    assert [line.barcode for line in issue.lines.all()] == [f"K261100001-{n}" for n in range(1, len(kits) + 1)]


@pytest.mark.req("LAB-004")
def test_the_customer_is_told(centre, customer):
    load_messages(by=centre.admin, at=centre.at)
    order = sampling(centre, customer)
    message = Message.objects.get(customer=customer)
    assert message.template.code == "kit_handed"
    assert "程女士您好，采样盒已交给您" in message.body
    assert "11月25日" in message.body
    assert "报告约12月7日出" in message.body
    assert (message.subject_kind, message.subject_id) == ("lab.order", order.pk)


@pytest.mark.req("LAB-003")
def test_one_guide_for_all_tests_grouped_by_kit(centre, customer):
    order = sampling(centre, customer, ("T-GEN", "T-GLU", "T-OAT"))
    said = guide(order.pk)
    sections = {section.kit.code: [item.code for item in section.items] for section in said["sections"]}
    assert sections["K-BLOOD"] == ["T-GEN", "T-GLU"]
    assert len(sections) == 2
    blood = [line.zh for line in said["sections"][0].lines]
    assert len(blood) == len(set(blood))
    assert "采血前一晚 20:00 后不再进食，可以少量喝白开水。" in blood
    assert (said["back_by"], said["due"]) == (date(2026, 11, 25), order.promised_due)
    assert print_order(order=order, document="lab.guide", by=centre.manager, at=centre.at).document == "lab.guide"


def test_labels_for_every_kit_and_sample(centre, customer):
    order = ordered(centre, customer)
    with pytest.raises(Refused) as early:
        print_order(order=order, document="lab.labels", by=centre.manager, at=centre.at)
    assert early.value.code == "nothing_to_print"
    with pytest.raises(LookupError):
        print_order(order=order, document="lab.nothing", by=centre.manager, at=centre.at)
    order = sampling(centre, customer, ("T-GEN", "T-OAT"))
    said = labels(order.pk)
    assert [box.kit.code for box in said["boxes"]] == ["K-BLOOD", "K-URINE"]
    assert [sample.barcode for sample in said["samples"]] == ["S261100001-1", "S261100001-2"]
    assert print_order(order=order, document="lab.labels", by=centre.manager, at=centre.at).file.size > 1000


def test_a_posted_kit_needs_carrier_and_waybill_and_comes_back_later(centre, customer):
    order = signed(centre, customer)
    with pytest.raises(Invalid) as missing:
        issue_kit(order=order, mode="posted", by=centre.manager, at=centre.at)
    assert [error.field for error in missing.value.errors] == ["carrier", "waybill"]
    issue = issue_kit(order=order, mode="posted", carrier="顺丰", waybill="SF100", by=centre.manager, at=centre.at)
    assert (issue.carrier, issue.waybill) == ("顺丰", "SF100")
    assert set(order.samples.values_list("due_on", flat=True)) == {date(2026, 12, 2)}


def test_a_short_kit_refuses_everything(centre, customer):
    Balance.objects.filter(product__kit__code="K-URINE").update(quantity=0)
    order = signed(centre, customer, ("T-GEN", "T-OAT"))
    blood = left("K-BLOOD")
    with pytest.raises(Refused) as short:
        issue_kit(order=order, by=centre.manager, at=centre.at)
    assert short.value.code == "stock_short"
    assert [one["product"] for one in short.value.details["short"]] == ["S-K-URINE"]
    order.refresh_from_db()
    assert (order.status, left("K-BLOOD"), KitIssue.objects.count(), Sample.objects.count()) == ("signed", blood, 0, 0)


def test_no_kit_before_the_signature_and_none_twice(centre, customer):
    order = ordered(centre, customer)
    with pytest.raises(Refused) as unsigned:
        issue_kit(order=order, by=centre.manager, at=centre.at)
    assert unsigned.value.code == "not_signed"
    order = sampling(centre, customer)
    with pytest.raises(Refused) as twice:
        issue_kit(order=order, by=centre.manager, at=centre.at)
    assert twice.value.code == "kit_issued"
    with pytest.raises(Refused) as changed:
        change_order(order=order, items=items("T-GEN"), reason="x", by=centre.doctor, at=centre.at)
    assert changed.value.code == "kit_issued"


def test_only_the_own_health_manager_hands_out(centre, customer):
    order = signed(centre, customer)
    for person in (centre.doctor, centre.consulting, centre.keeper, centre.service):
        with pytest.raises(Forbidden):
            issue_kit(order=order, by=person, at=centre.at)
    for person in (centre.manager2, centre.sh_manager):
        with pytest.raises(OutOfScope):
            issue_kit(order=order, by=person, at=centre.at)
    assert not KitIssue.objects.exists()


def test_an_unused_kit_comes_back_and_another_may_leave(centre, customer):
    blood = left("K-BLOOD")
    order = sampling(centre, customer, ("T-GEN", "T-OAT"))
    issue = order.kit_issues.get()
    with pytest.raises(Invalid):
        take_back_kit(issue=issue, reason="", by=centre.manager, at=centre.at)
    take_back_kit(issue=issue, reason="客户出差", by=centre.manager, at=centre.at)
    order.refresh_from_db()
    issue.refresh_from_db()
    assert (order.status, order.promised_due, left("K-BLOOD"), issue.taken_back_reason) == (
        "signed",
        None,
        blood,
        "客户出差",
    )
    assert set(order.samples.values_list("state", flat=True)) == {"void"}
    with pytest.raises(Refused):
        take_back_kit(issue=issue, reason="再收", by=centre.manager, at=centre.at)
    again = issue_kit(order=order, by=centre.manager, at=centre.at + timedelta(days=1))
    order.refresh_from_db()
    assert (order.status, [line.barcode for line in again.lines.all()]) == (
        "customer_sampling", ["K261100002-1", "K261100002-2"],
    )  # fmt: skip


def test_a_damaged_kit_does_not_return_to_the_good_ones(centre, customer):
    blood = left("K-BLOOD")
    order = sampling(centre, customer, ("T-GEN",))
    take_back_kit(issue=order.kit_issues.get(), reason="盒子压坏", damaged=True, by=centre.manager, at=centre.at)
    damaged = Balance.objects.get(product__kit__code="K-BLOOD", quality="damaged")
    good = Balance.objects.filter(product__kit__code="K-BLOOD", quality="good").values_list("quantity", flat=True)
    assert (damaged.quantity, damaged.zone.purpose, sum(good)) == (1, "quarantine", blood - 1)


def test_an_order_may_still_be_cancelled_while_the_customer_has_the_kit(centre, customer):
    order = sampling(centre, customer)
    cancel_order(order=order, reason="客户搬走", by=centre.doctor, at=centre.at)
    assert set(order.samples.values_list("state", flat=True)) == {"void"}
    take_back_kit(issue=order.kit_issues.get(), reason="客户送回", by=centre.manager, at=centre.at)
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_a_centre_without_warehouse_hands_out_nothing(centre, customer):
    Warehouse.objects.update(active=False)
    order = signed(centre, customer)
    with pytest.raises(Refused) as nowhere:
        issue_kit(order=order, by=centre.manager, at=centre.at)
    assert nowhere.value.code == "no_warehouse"
    with pytest.raises(ObjectDoesNotExist):
        order.kit_issues.get()
