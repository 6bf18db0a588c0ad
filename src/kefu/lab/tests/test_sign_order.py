"""The customer signs the printed sheet: the charging voucher (LAB-002)."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from kefu.billing.models import Charge
from kefu.customers.models import TimelineLine
from kefu.foundation.files.queries import attached
from kefu.foundation.files.storage import read
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.lab.actions import cancel_order, change_order, print_order, record_signature
from kefu.lab.documents import sheet
from kefu.lab.queries.orders import file_of
from kefu.lab.testing import items, ordered, packages, signed

SCAN = b"%PDF-1.7 signed"


@pytest.mark.req("LAB-002")
def test_print_sign_charge_and_sign_again_after_a_change(centre, customer):
    order = ordered(centre, customer)
    printed = print_order(order=order, by=centre.manager, at=centre.at)
    assert (printed.copy_label, printed.at) == ("", centre.at)
    signature = record_signature(order=order, by=centre.manager, at=centre.at + timedelta(minutes=5))
    order.refresh_from_db()
    assert (order.status, signature.signer, signature.signer_name, signature.signed_on) == (
        "signed", "customer", "程望舒", date(2026, 11, 23),
    )  # fmt: skip
    assert (signature.printed_at, signature.recorded_by, signature.charge.amount) == (
        centre.at, centre.manager, Decimal("5350.00"),
    )  # fmt: skip
    with pytest.raises(Invalid) as missing:
        change_order(order=order, items=items("T-GEN"), by=centre.doctor, at=centre.at + timedelta(hours=1))
    assert missing.value.errors[0].field == "reason"
    later = centre.at + timedelta(hours=1)
    change_order(order=order, items=items("T-GEN", "T-GEN"), reason="客户不做食物不耐受", by=centre.doctor, at=later)
    order.refresh_from_db()
    signature.refresh_from_db()
    assert (order.status, order.version, order.total, order.signed_at) == ("tests_ordered", 2, Decimal("950.00"), None)
    assert (signature.voided_at, signature.voided_reason) == (later, "客户不做食物不耐受")
    with pytest.raises(Refused) as unprinted:
        record_signature(order=order, by=centre.manager, at=later)
    assert unprinted.value.code == "print_first"
    again = print_order(order=order, by=centre.manager, at=later)
    assert again.version == 2
    second = record_signature(order=order, by=centre.manager, at=later + timedelta(minutes=2))
    charges = Charge.objects.order_by("pk").values_list("amount", "state")
    assert list(charges) == [(Decimal("5350.00"), "cancelled"), (Decimal("950.00"), "due")]
    assert (second.version, second.printed_at) == (2, later)
    spent = TimelineLine.objects.filter(customer=customer, kind="spending").values_list("amount", flat=True)
    assert sum(spent) == Decimal("950.00")


@pytest.mark.req("LAB-002")
@pytest.mark.req("RPT-008", part="test order")
def test_the_sheet_says_prices_total_and_where_to_sign(centre, customer):
    order = ordered(centre, customer)
    said = sheet(order.pk)
    assert [(line.item.code, price, line.quantity, amount) for line, price, amount in said["lines"]] == [
        ("T-FOOD", "¥1,800.00", 1, "¥1,800.00"),
        ("T-OAT", "¥2,600.00", 1, "¥2,600.00"),
        ("T-GEN", "¥475.00", 2, "¥950.00"),
    ]
    assert (said["total"], said["number"], said["estimated_due"]) == ("¥5,350.00", order.number, date(2026, 12, 7))
    assert [str(label) for label in said["signatures"]] == ["客户（或监护人）签字", "日期"]
    printed = print_order(order=order, by=centre.manager, at=centre.at)
    pages = PdfReader(io.BytesIO(read(printed.file))).pages
    text = "".join(page.extract_text() for page in pages)
    for words in (order.number, "程望舒", "5,350.00", "客户（或监护人）签字"):
        assert words in text
    assert [round(float(side) / 72 * 25.4) for side in pages[0].mediabox[2:]] == [210, 297]  # A4
    for document in ("lab.request", "lab.guide"):
        print_order(order=order, document=document, by=centre.manager, at=centre.at)
    copy = print_order(order=order, by=centre.manager, at=centre.at)
    assert (copy.version, copy.copy_label) == (1, "副本 1")
    assert Print.objects.filter(subject_kind="lab.order", subject_id=order.pk).count() == 4


def test_an_unsigned_order_changes_freely_and_keeps_its_history(centre, customer):
    order = ordered(centre, customer)
    change_order(
        order=order, items=items("T-FOOD", "T-THY"), packages=packages("P-BASE"), by=centre.doctor, at=centre.at
    )
    order.refresh_from_db()
    active = [line.item.code for line in order.items.filter(removed_in__isnull=True)]
    assert active == ["T-FOOD", "T-THY", "T-GEN", "T-GLU", "T-CVR", "T-VIT"]
    assert order.total == Decimal("1800.00") + Decimal("620.00") + Decimal("3070.00")
    removed = order.items.filter(removed_in=2).values_list("item__code", flat=True)
    assert sorted(removed) == ["T-GEN", "T-OAT"]
    assert [version.total for version in order.versions.all()] == [Decimal("5350.00"), order.total]


def test_changing_to_the_same_tests_changes_nothing(centre, customer):
    order = signed(centre, customer)
    change_order(order=order, items=items("T-GEN", "T-OAT", "T-GEN", "T-FOOD"), by=centre.doctor, at=centre.at)
    order.refresh_from_db()
    assert (order.version, order.status) == (1, "signed")


def test_a_guardian_signs_for_the_customer_and_the_scan_goes_with_it(centre, customer):
    order = ordered(centre, customer)
    with pytest.raises(Invalid) as missing:
        record_signature(order=order, signer="guardian", by=centre.doctor, at=centre.at)
    assert missing.value.errors[0].field == "signer_name"
    scan = SimpleUploadedFile("签字单.pdf", SCAN)
    signature = record_signature(
        order=order, signer="guardian", signer_name="程晚晴", scan=scan, by=centre.doctor, at=centre.at
    )
    assert (signature.signer_name, signature.recorded_by) == ("程晚晴", centre.doctor)
    assert [file.name for file in attached("lab.order", order.pk, "signed_sheet")] == ["签字单.pdf"]
    assert file_of(order).scanned


def test_a_scan_of_before_the_signature_does_not_complete_the_voucher(centre, customer):
    order = signed(centre, customer)
    assert not file_of(order).scanned


def test_a_bad_scan_leaves_the_order_unsigned(centre, customer):
    order = ordered(centre, customer)
    with pytest.raises(Invalid):
        record_signature(order=order, scan=SimpleUploadedFile("x.exe", b"MZ"), by=centre.manager, at=centre.at)
    order.refresh_from_db()
    assert (order.status, Charge.objects.count()) == ("tests_ordered", 0)


@pytest.mark.parametrize("days", [1, -1])
def test_the_day_of_the_signature_is_between_the_order_and_today(centre, customer, days):
    order = ordered(centre, customer)
    with pytest.raises(Invalid):
        record_signature(order=order, signed_on=date(2026, 11, 23) + timedelta(days), by=centre.manager, at=centre.at)


def test_only_the_health_manager_or_the_doctor_records_the_signature(centre, customer):
    order = ordered(centre, customer)
    for person in (centre.consulting, centre.service, centre.keeper, centre.director):
        with pytest.raises(Forbidden):
            record_signature(order=order, by=person, at=centre.at)
    for person in (centre.manager2, centre.sh_manager, centre.doctor2):
        with pytest.raises((OutOfScope, Forbidden)):
            record_signature(order=order, by=person, at=centre.at)
    assert not Charge.objects.exists()
    record_signature(order=order, by=centre.manager, at=centre.at)
    with pytest.raises(Refused) as twice:
        record_signature(order=order, by=centre.manager, at=centre.at)
    assert twice.value.code == "already_signed"


def test_a_cancelled_order_takes_its_charge_back(centre, customer):
    order = signed(centre, customer)
    with pytest.raises(Invalid):
        cancel_order(order=order, reason=" ", by=centre.doctor, at=centre.at)
    with pytest.raises(Forbidden):
        cancel_order(order=order, reason="客户改主意", by=centre.manager, at=centre.at)
    cancel_order(order=order, reason="客户改主意", by=centre.doctor, at=centre.at)
    order.refresh_from_db()
    assert (order.status, order.cancelled_reason, Charge.objects.get().state) == (
        "cancelled",
        "客户改主意",
        "cancelled",
    )
    for refused in (
        lambda: cancel_order(order=order, reason="再来", by=centre.doctor, at=centre.at),
        lambda: change_order(order=order, items=items("T-GEN"), reason="x", by=centre.doctor, at=centre.at),
        lambda: record_signature(order=order, by=centre.manager, at=centre.at),
        lambda: print_order(order=order, by=centre.manager, at=centre.at),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.code == "order_cancelled"
