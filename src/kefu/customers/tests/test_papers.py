"""Identity papers: entered once, concealed at once, found by the number or its end, shown for a purpose."""

import pytest
from django.db import connection
from django.urls import reverse

from kefu.customers.actions import add_paper, retire_paper, reveal_paper, update_archive
from kefu.customers.models import Customer, IdentityDocument
from kefu.customers.papers import digests_of
from kefu.customers.queries import search, search_ids
from kefu.customers.tests.factories import archive
from kefu.foundation.audit.models import AuditEntry, CustomerKey
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused

CARD = "11010519491231002X"
PERMIT = "H12345678"


def enter(cast, customer, kind="resident", number=CARD, by=None):
    return add_paper(customer=customer, kind=kind, number=number, by=by or cast.manager, at=cast.at)


@pytest.mark.req("SEC-001", part="lists and details")
def test_the_number_is_nowhere_readable_and_is_revealed_for_a_purpose(cast):
    customer = archive(cast)
    paper = enter(cast, customer, number="110105 19491231 002x")
    assert (paper.masked, paper.tail) == ("****002X", "002X")
    with connection.cursor() as cursor:
        for table in ("customers_identitydocument", "customers_customer", "customers_timelineline", "audit_auditentry"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{CARD[:14]}%"])
            assert cursor.fetchone() == (0,), table
    with pytest.raises(Invalid):
        reveal_paper(paper=paper, purpose=" ", by=cast.manager, at=cast.at)
    assert reveal_paper(paper=paper, purpose="办保险", by=cast.manager, at=cast.at) == CARD
    row = AuditEntry.objects.get(kind="reveal")
    assert (row.code, row.reason, row.by, row.customer_id) == ("customers.paper.revealed", "办保险", cast.manager, customer.pk)  # fmt: skip
    with pytest.raises(Forbidden):
        reveal_paper(paper=paper, purpose="看看", by=cast.doctor, at=cast.at)
    CustomerKey.objects.filter(pk=customer.pk).delete()
    assert reveal_paper(paper=paper, purpose="再看", by=cast.manager, at=cast.at) == ""


@pytest.mark.req("CUS-005")
def test_the_customer_is_found_by_the_whole_number_and_by_its_end(cast):
    customer, other = archive(cast), archive(cast, "陶映川", "10000000016")
    enter(cast, customer)
    enter(cast, other, "hk_macao", PERMIT)
    found = {
        text: search_ids(cast.manager, text, 10) for text in (CARD, "11010519491231002x", "002x", "h12345678", "678")
    }
    assert found == {CARD: [customer.pk], "11010519491231002x": [customer.pk], "002x": [customer.pk], "h12345678": [other.pk], "678": [other.pk]}  # fmt: skip
    assert [one.name for one in search(cast.manager, CARD)] == ["沈知夏"]
    assert search_ids(cast.manager, CARD[:14], 10) == []
    assert search_ids(cast.sh_manager, CARD, 10) == []
    assert digests_of("沈知夏") == digests_of("1234") == []


def test_a_number_belongs_to_one_customer_and_is_free_again_when_retired(cast):
    customer, other = archive(cast), archive(cast, "陶映川", "10000000016")
    paper = enter(cast, customer)
    for person, code, words in ((customer, "paper_known", "已经登记"), (other, "paper_taken", "沈知夏")):
        with pytest.raises(Refused) as refusal:
            enter(cast, person)
        assert (refusal.value.code, words in str(refusal.value)) == (code, True)
    there = archive(cast, "倪若安", "10000000017", node=cast.sh, doctor=cast.sh_doctor, health_manager=cast.sh_manager, by=cast.sh_manager)  # fmt: skip
    with pytest.raises(Refused) as refusal:
        enter(cast, there, by=cast.sh_manager)
    assert "沈知夏" not in str(refusal.value)
    with pytest.raises(Invalid):
        retire_paper(paper=paper, reason="", by=cast.manager, at=cast.at)
    retire_paper(paper=paper, reason="登记错人", by=cast.manager, at=cast.at)
    assert search_ids(cast.manager, CARD, 10) == []
    assert enter(cast, other).customer == other


@pytest.mark.parametrize(
    ("kind", "number", "field", "code"),
    [
        ("", CARD, "kind", "unknown_kind"),
        ("driving_licence", CARD, "kind", "unknown_kind"),
        ("resident", "", "number", "paper_shape"),
        ("resident", "110105194912310021", "number", "paper_check_digit"),
        ("passport", "护照", "number", "paper_shape"),
        ("hk_macao", "A12345678", "number", "paper_shape"),
    ],
)
def test_a_wrong_number_is_named_and_nothing_is_kept(cast, kind, number, field, code):
    customer = archive(cast)
    with pytest.raises(Invalid) as refusal:
        enter(cast, customer, kind, number)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]
    assert not IdentityDocument.objects.exists()


def test_the_card_of_somebody_else_is_noticed(cast):
    customer = archive(cast)
    update_archive(customer=customer, changes={"sex": "male"}, by=cast.manager, at=cast.at)
    with pytest.raises(Invalid) as refusal:
        enter(cast, Customer.objects.get(pk=customer.pk))
    assert refusal.value.errors[0].code == "paper_of_another"
    for person, error in ((cast.service, Forbidden), (cast.manager2, OutOfScope)):
        with pytest.raises(error):
            enter(cast, customer, "hk_macao", PERMIT, by=person)


def test_at_the_desk_a_paper_is_entered_shown_and_retired(cast, login):
    customer = archive(cast)
    page = reverse("customers:page", args=[customer.pk])
    client = login(cast.manager)
    wrong = client.post(reverse("customers:papers", args=[customer.pk]), {"kind": "taiwan", "number": "12"})
    assert (wrong.status_code, "号码不像这种证件的" in wrong.content.decode()) == (422, True)
    client.post(reverse("customers:papers", args=[customer.pk]), {"kind": "hk_macao", "number": PERMIT})
    html = client.get(page).content.decode()
    assert "港澳居民来往内地通行证" in html and "****678" in html and PERMIT not in html
    paper = IdentityDocument.objects.get()
    reveal = reverse("customers:paper_reveal", args=[customer.pk, paper.pk])
    assert client.post(reveal, {"reason": ""}).status_code == 422
    assert PERMIT in client.post(reveal, {"reason": "订票"}).content.decode()
    assert login(cast.doctor).post(reveal, {"reason": "订票"}).status_code == 403
    client.post(reverse("customers:paper_retirement", args=[customer.pk, paper.pk]), {"reason": "过期"})
    assert "****678" not in client.get(page).content.decode()
