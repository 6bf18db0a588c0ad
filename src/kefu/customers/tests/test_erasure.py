"""After an erasure nothing of the person is left, the sealed trail still verifies, and a restored backup is put right."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from kefu.billing.models import Charge
from kefu.config.cli import _load
from kefu.config.registry import find
from kefu.customers import actions, queries
from kefu.customers.actions import give_consent
from kefu.customers.actions.privacy import approve_privacy, ask_privacy
from kefu.customers.erasing import GONE
from kefu.customers.models import ContactPoint, IdentityDocument, MergeMove, PrivacyRequest, TimelineLine
from kefu.customers.queries.readers import looks, readers
from kefu.customers.subject_data import sections
from kefu.customers.tests.asking import ask, code_of, erase, fresh, typed
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.audit.models import AuditEntry, CustomerKey
from kefu.foundation.audit.personal import disclose
from kefu.foundation.audit.queries import verify
from kefu.foundation.audit.sealing import seal_trail
from kefu.foundation.files.models import Attachment, StoredFile
from kefu.foundation.files.storage import path_of
from kefu.foundation.jobs.testing import run_pending
from kefu.journey.models import Journey
from kefu.journey.tests.walking import start_walk
from kefu.lab.models import Order, ResultVersion

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
DAY = timedelta(days=1)


@pytest.mark.req("SEC-003", part="reads")
def test_after_an_erasure_nothing_of_the_person_is_left_in_any_table(cast, login, django_capture_on_commit_callbacks):
    walk = start_walk(cast).to("followup")
    customer, at = walk.customer, datetime(2045, 1, 9, 9, tzinfo=cast.at.tzinfo)
    name, number = customer.name, fresh(customer).archive_number
    phone = customer.contacts.get().value
    charged = list(Charge.objects.filter(customer=customer).values_list("amount", flat=True))
    results = ResultVersion.objects.filter(order_item__order__customer=customer).count()
    actions.add_paper(customer=customer, kind="hk_macao", number="H12345678", by=cast.manager, at=cast.at)
    login(cast.manager).get(reverse("customers:page", args=[customer.pk]))
    seal_trail(by=None, at=cast.at, patience=timedelta(0))
    asked = ask_privacy(
        customer=customer, kind="erase", asker="authority", ground=f"{name}的书面要求", by=cast.manager, at=at
    )
    with django_capture_on_commit_callbacks(execute=True):
        done = approve_privacy(request=asked, typed=number.lower(), by=cast.director, at=at)
    assert done.state == "done"
    gone = fresh(customer)
    assert (gone.name, gone.archive_number, gone.birth_date, gone.search_text, gone.grams) == (
        f"{GONE} #{customer.pk}",
        None,
        None,
        "",
        [],
    )
    left = found_anywhere(name, phone, number, "H12345678")
    assert left <= {("audit_auditentry", number)}  # that a number was given, which leads nowhere any more
    assert not CustomerKey.objects.filter(pk=customer.pk).exists()
    assert not Attachment.objects.filter(customer_id=customer.pk).exists()
    seal_trail(by=None, at=at, patience=timedelta(0))
    verdict = verify()
    assert (verdict.faults, verdict.seals, verdict.unsealed) == ([], 2, 0)
    entry = AuditEntry.objects.filter(customer_id=customer.pk, personal__isnull=False).first()
    assert disclose(customer.pk, entry.personal) is None
    seen = looks(readers(gone).order_by("-at", "-id"))
    assert [one.entry.by for one in seen].count(cast.manager) >= 1
    browser = login(cast.director)
    for tab in (
        "timeline",
        "readers",
        "health",
        "facts",
        "consents",
        "standing",
        "lab",
        "consultations",
        "purchases",
        "surveys",
        "contacts",
    ):
        answer = browser.get(reverse("customers:tab", args=[customer.pk, tab]))
        assert (tab, answer.status_code) in ((tab, 200), (tab, 404))
        assert name not in answer.content.decode()
    assert list(Charge.objects.filter(customer=customer).values_list("amount", flat=True)) == charged != []
    assert (results > 0, ResultVersion.objects.exists(), Order.objects.get().customer_id) == (True, False, customer.pk)
    assert not Journey.objects.filter(state="open").exists()
    assert {section.code for section in sections([customer.pk])} > {"billing.Charge", "lab.Order", "sales.Purchase"}
    archive(cast, "陶映川", phone)  # the number is free


def found_anywhere(*words):
    """The tables, besides the trail, in which one of the words still stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('django_session')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            for word in words:
                cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', [f"%{word}%"])
                if cursor.fetchone():
                    found.add((table, word))
    return found


def test_scans_are_destroyed_but_for_the_bytes_somebody_else_has_too(cast, django_capture_on_commit_callbacks):
    hers, other = lead(cast), lead(cast, "陶映川", "10000000018")
    for customer, content in ((hers, PDF), (other, PDF), (hers, PDF + b"\n1")):
        scan = SimpleUploadedFile("签字.pdf", content)
        give_consent(customer=customer, scope="photographs", method="signed", scan=scan, by=cast.manager, at=cast.at)
    shared, own = StoredFile.objects.order_by("pk")
    with django_capture_on_commit_callbacks(execute=True):
        erase(cast, hers)
    assert (path_of(shared.sha256).exists(), path_of(own.sha256).exists()) == (True, False)
    assert [one.customer_id for one in Attachment.objects.all()] == [other.pk]


def test_what_became_part_of_a_customer_is_erased_with_her(cast):
    stays, goes = lead(cast), lead(cast, "沈知霞", "10000000032")
    son = archive(cast, "沈小夏", "10000000033")
    actions.add_family(customer=son, relation="parent", relative=stays, by=cast.manager, at=cast.at)
    assert son.pk in queries.search_ids(cast.director, "沈知夏", 5)
    made = actions.merge_customers(survivor=stays, merged=goes, reason="同一个人", by=cast.director, at=cast.at)
    erase(cast, stays)
    assert found_anywhere("沈知夏", "沈知霞", "13812346021", "10000000032") == set()
    assert {fresh(one).name for one in (stays, goes)} == {f"{GONE} #{one.pk}" for one in (stays, goes)}
    assert not MergeMove.objects.exists() and not CustomerKey.objects.filter(pk__in=[stays.pk, goes.pk]).exists()
    assert queries.search_ids(cast.director, "沈知夏", 5) == []
    assert code_of(actions.undo_merge, merge=made, reason="弄错了", by=cast.director, at=cast.at) == "erased"
    assert fresh(son).name == "沈小夏"


def test_an_erasure_that_is_interrupted_has_not_happened(cast, monkeypatch):
    customer = lead(cast)
    actions.add_paper(customer=customer, kind="hk_macao", number="H12345678", by=cast.manager, at=cast.at)
    asked = ask(cast, customer)
    monkeypatch.setattr("kefu.customers.actions.erasing._forget", lambda files: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        approve_privacy(request=asked, typed=typed(customer), by=cast.director, at=cast.at)
    assert (fresh(customer).name, ContactPoint.objects.count(), IdentityDocument.objects.count()) == ("沈知夏", 1, 1)
    assert PrivacyRequest.objects.get().state == "asked"
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        TimelineLine.objects.all().delete()


@pytest.fixture
def listed_in(settings, tmp_path):
    settings.ERASED_LIST = tmp_path / "erased.txt"
    return settings.ERASED_LIST


def test_who_comes_back_with_a_backup_is_erased_again_and_nobody_else(cast, listed_in, capsys):
    def run(*words):
        command, args = _load(find(["erasures", "again"]), words)
        return command(args), capsys.readouterr().out.strip()

    hers, other = lead(cast), lead(cast, "陶映川", "10000000018")
    with transaction.atomic():
        backup = transaction.savepoint()
        erase(cast, hers)
        run_pending(cast.at + timedelta(hours=2))
        kept = listed_in.read_text()
        transaction.savepoint_rollback(backup)  # the database of before
    assert kept == f"{hers.pk} {fresh(hers).created_at.isoformat()}\n"
    assert (fresh(hers).name, listed_in.exists()) == ("沈知夏", True)
    listed_in.write_text(kept + f"{other.pk} {(other.created_at - DAY).isoformat()}\n")  # another who once had this id
    assert run() == (0, "1 erased again")
    assert (fresh(hers).name, fresh(other).name) == (f"{GONE} #{hers.pk}", "陶映川")
    assert run() == (0, "0 erased again")
    assert listed_in.read_text().count("\n") == 2
    assert run("--list", str(listed_in.parent / "none.txt"))[0] == 2
    listed_in.write_text("nonsense\n")
    assert run()[0] == 2
