"""Customers agree, or a guardian does for them; they withdraw, and from that moment it counts."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kefu.customers.actions import (
    add_family,
    close_customer,
    give_consent,
    merge_customers,
    revise_consent_text,
    withdraw_consent,
)
from kefu.customers.choices import ConsentScope, ConsentState, ContactPurpose, ContactWay
from kefu.customers.models import ConsentEntry, ConsentText, TimelineLine
from kefu.customers.queries import agreed, may_contact
from kefu.customers.queries.consents import standings
from kefu.customers.rules import strictest
from kefu.customers.tests.factories import archive
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.files.queries import attached
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.registry import find
from kefu.foundation.printing.rendering import draft
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused

SMS = ConsentScope.MARKETING_SMS
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
MINUTE = timedelta(minutes=1)


def merge(*, surviving, merged, by, at):
    return merge_customers(survivor=surviving, merged=merged, reason="身份证一样", by=by, at=at)


def agree(cast, customer, scope=SMS, *, at=None, **more):
    return give_consent(
        customer=customer, scope=scope, **{"method": "signed", **more}, by=cast.manager, at=at or cast.at
    )


def withdraw(cast, customer, scope=SMS, *, at=None):
    return withdraw_consent(customer=customer, scope=scope, method="phone", by=cast.service, at=at or cast.at + MINUTE)


def may(customer, way="sms", purpose="marketing"):
    return may_contact(customer, ContactWay(way), ContactPurpose(purpose))


def test_nobody_is_sold_anything_before_agreeing_nor_after_withdrawing(cast):
    customer = archive(cast)
    assert (may(customer), may(customer, purpose="service")) == (False, True)
    agree(cast, customer)
    assert [may(customer, way) for way in ("sms", "phone", "wechat", "email")] == [True, False, False, False]
    withdraw(cast, customer)
    assert (may(customer), may(customer, purpose="service")) == (False, True)
    agree(cast, customer, at=cast.at + 2 * MINUTE)
    assert may(customer)
    closed = close_customer(customer=customer, reason="客户去世", by=cast.manager, at=cast.at + 3 * MINUTE)
    assert [may(closed, way, purpose) for way in ContactWay for purpose in ContactPurpose] == [False] * 8
    said = [line.item for line in TimelineLine.objects.filter(customer=customer).order_by("id")][-4:]
    assert said == ["同意：活动短信（第 1 版）", "撤回同意：活动短信", "同意：活动短信（第 1 版）", "关闭客户"]


def test_the_ledger_says_who_when_how_and_the_trail_conceals_what_was_said(cast):
    customer = archive(cast)
    entry = agree(cast, customer, note="先生在场", scan=SimpleUploadedFile("签字.pdf", PDF))
    assert (entry.text.version, entry.method, entry.by, entry.at, entry.guardian) == (1, "signed", cast.manager, cast.at, None)  # fmt: skip
    assert [scan.name for scan in attached("customers.consent", entry.pk)] == ["签字.pdf"]
    row = AuditEntry.objects.get(code="customers.consent.given")
    assert row.changes == {"scope": [None, "marketing_sms"], "version": [None, 1], "method": [None, "signed"], "guardian": [None, False]}  # fmt: skip
    assert "先生" not in str(row.changes)
    for change in ({"state": "withdrawn"}, {"note": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConsentEntry.objects.filter(pk=entry.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentEntry.objects.all().delete()


def test_for_a_minor_a_guardian_of_the_family_signs(cast):
    child = archive(cast, "白示安", "10000000011", age=9)
    with pytest.raises(Invalid) as refusal:
        agree(cast, child)
    assert [(error.field, str(error.message)) for error in refusal.value.errors] == [
        ("guardian", "未满 18 岁，由监护人签署；请先在家人里登记监护人。")
    ]
    aunt = add_family(customer=child, name="白示和", relation="other", by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        agree(cast, child, guardian=aunt)
    mother = add_family(customer=child, name="白示宁", relation="parent", guardian=True, by=cast.manager, at=cast.at)
    assert agree(cast, child, guardian=mother).guardian == mother
    stranger = archive(cast, "白示远", "10000000012", age=10)
    with pytest.raises(Invalid):
        agree(cast, stranger, guardian=mother)
    assert ConsentEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scope": "everything"}, "scope"),
        ({"method": "merged"}, "method"),
        ({"method": ""}, "method"),
        ({"note": "长" * 201}, "note"),
        ({"scan": SimpleUploadedFile("x.pdf", b"MZ not a scan")}, "upload"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(cast, wrong, field):
    customer = archive(cast)
    with pytest.raises(Invalid) as refusal:
        agree(cast, customer, **{"scope": SMS, **wrong})
    assert [error.field for error in refusal.value.errors] == [field]
    assert not ConsentEntry.objects.exists()


def test_what_was_not_given_is_not_withdrawn_and_strangers_write_nothing(cast):
    customer = archive(cast)
    with pytest.raises(Refused) as refusal:
        withdraw(cast, customer)
    assert refusal.value.code == "not_given"
    for person, error in ((cast.doctor, Forbidden), (cast.manager2, OutOfScope), (cast.sh_manager, OutOfScope)):
        with pytest.raises(error):
            give_consent(customer=customer, scope=SMS, method="signed", by=person, at=cast.at)
    closed = close_customer(customer=customer, reason="搬走", by=cast.manager, at=cast.at)
    with pytest.raises(Refused):
        agree(cast, closed)
    assert not ConsentEntry.objects.exists()


def test_new_words_are_a_new_version_and_do_not_change_what_was_signed(cast):
    customer = archive(cast)
    agree(cast, customer)
    revise_consent_text(scope=SMS, zh="每月最多一条活动短信。", en="One message a month.", by=cast.admin, at=cast.at)
    standing = next(one for one in standings(customer) if one.scope == SMS)
    assert (standing.given, standing.outdated, standing.entry.text.version, standing.asked) == (True, True, 1, 2)
    assert "活动、讲座和产品" in standing.entry.text.zh
    assert agree(cast, customer, at=cast.at + MINUTE).text.zh == "每月最多一条活动短信。"
    revise_consent_text(scope=SMS, zh="每月最多一条活动短信。", en="One message a month.", by=cast.admin, at=cast.at)
    assert ConsentText.objects.filter(scope=SMS).count() == 2
    for words in ({"zh": " ", "en": "x"}, {"zh": "有", "en": ""}):
        with pytest.raises(Invalid):
            revise_consent_text(scope=SMS, **words, by=cast.admin, at=cast.at)
    with pytest.raises(Forbidden):
        revise_consent_text(scope=SMS, zh="别的", en="else", by=cast.manager, at=cast.at)


def test_of_two_archives_the_stricter_word_counts(cast):
    one, other = archive(cast), archive(cast, "沈知夏", "10000000013")
    for scope in (SMS, ConsentScope.PHOTOGRAPHS):
        agree(cast, other, scope)
    withdraw(cast, other)
    agree(cast, one, at=cast.at + 5 * MINUTE)  # later than the withdrawal in the other archive
    merge(surviving=one, merged=other, by=cast.director, at=cast.at + 10 * MINUTE)
    assert (agreed(one, SMS), agreed(one, ConsentScope.PHOTOGRAPHS)) == (False, True)
    assert not other.consents.exists()
    assert one.consents.count() == 4  # nothing was lost, and nothing invented
    assert [entry.outranked for entry in one.consents.filter(scope=SMS)] == [True, False, True]
    agree(cast, one, at=cast.at + 20 * MINUTE)  # asked again after the merge
    assert agreed(one, SMS)


states = st.sampled_from([None, "given", "withdrawn"])


@given(states, states)
def test_a_merge_never_makes_a_consent_of_a_refusal(ours, theirs):
    counts = strictest(ours, theirs, refused="withdrawn")
    assert counts == strictest(theirs, ours, refused="withdrawn")
    assert (counts == "withdrawn") == ("withdrawn" in (ours, theirs))
    assert counts in (ours, theirs)


@pytest.mark.parametrize("said", ["g", "gw", "gwg", "gwgw", "gg", "ggw"])
def test_what_counts_is_the_last_row(cast, said):
    customer = archive(cast)
    for place, word in enumerate(said):
        (agree if word == "g" else withdraw)(cast, customer, at=cast.at + place * MINUTE)
    assert agreed(customer, SMS) == (said[-1] == "g")
    assert customer.consents.count() == len(said)
    assert customer.consents.first().state == (ConsentState.GIVEN if said[-1] == "g" else ConsentState.WITHDRAWN)


def test_at_the_desk_the_customer_signs_and_later_withdraws(cast, login):
    customer = archive(cast)
    tab = reverse("customers:tab", args=[customer.pk, "consents"])
    giving = reverse("customers:consent_giving", args=[customer.pk, "photographs"])
    client = login(cast.manager)
    assert "没有同意过" in client.get(tab).content.decode()
    form = client.get(giving).content.decode()
    assert "照片只放在我的档案里" in form
    wrong = client.post(giving, {"method": ""})
    assert (wrong.status_code, ConsentEntry.objects.count()) == (422, 0)
    client.post(giving, {"method": "signed", "scan": SimpleUploadedFile("签字.pdf", PDF)})
    entry = ConsentEntry.objects.get()
    page = client.get(tab).content.decode()
    assert "已同意" in page and "撤回" in page
    shown = client.get(reverse("customers:consent", args=[customer.pk, entry.pk])).content.decode()
    assert "照片只放在我的档案里" in shown and "签字.pdf" in shown
    client.post(reverse("customers:consent_withdrawal", args=[customer.pk, "photographs"]), {"method": "spoken"})
    assert "已撤回" in client.get(tab).content.decode()
    assert client.get(giving.replace("photographs", "nothing")).status_code == 404
    assert login(cast.doctor).post(giving, {"method": "signed"}).status_code == 403
    assert login(cast.doctor).get(tab).status_code == 200
    assert login(cast.sh_manager).get(tab).status_code == 404


def test_the_sheet_to_sign_carries_every_text_with_its_version(cast, login):
    customer = archive(cast)
    revise_consent_text(scope=SMS, zh="每月最多一条活动短信。", en="One message a month.", by=cast.admin, at=cast.at)
    answer = login(cast.manager).post(reverse("customers:consent_sheet", args=[customer.pk]))
    made = Print.objects.get(document="customers.consent_sheet")
    assert answer.url == reverse("printing:show", args=[made.pk])
    html = draft(find("customers.consent_sheet"), customer.pk).html(
        version=1, copy_label="", printed_by="", printed_at=cast.at
    )
    assert "每月最多一条活动短信。" in html and html.count("□") == 2 * len(ConsentScope)
    assert AuditEntry.objects.get(kind="print").customer_id == customer.pk


def test_the_administrator_writes_the_texts_and_nobody_else(cast, login):
    url = reverse("customers:consent_text", args=["recordings"])
    admin = login(cast.admin)
    assert "录音录像" in admin.get(reverse("customers:consent_texts")).content.decode()
    assert admin.post(url, {"zh": "保存 30 天。", "en": ""}).status_code == 422
    admin.post(url, {"zh": "保存 30 天。", "en": "Kept for 30 days."})
    assert "保存 30 天。" in admin.get(url).content.decode()
    assert login(cast.director).get(url).status_code == 403


def test_the_tab_costs_the_same_for_one_row_and_for_twenty(cast, login, django_assert_max_num_queries):
    few, many = archive(cast), archive(cast, "陶映川", "10000000014")
    agree(cast, few)
    for place in range(20):
        agree(cast, many, at=cast.at + place * MINUTE)
    client, counts = login(cast.manager), []
    for customer in (few, many):
        with django_assert_max_num_queries(25) as captured:
            client.get(reverse("customers:tab", args=[customer.pk, "consents"]), headers={"HX-Request": "true"})
        counts.append(len(captured))
    assert counts[0] == counts[1]
