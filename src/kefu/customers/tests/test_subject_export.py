"""A customer asks what we hold: everything comes in one archive, made in the background, fetched for some days, then destroyed."""

import json
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kefu.administration.content import load_ladders
from kefu.customers.actions import add_paper, ask_subject_export, fetch_subject_export, give_consent, update_archive
from kefu.customers.instructions import CODE
from kefu.customers.jobs import expire
from kefu.customers.models import SubjectExport
from kefu.customers.tests.factories import archive
from kefu.foundation.approvals.actions import ask as ask_above
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.files.models import StoredFile
from kefu.foundation.files.storage import path_of
from kefu.foundation.jobs.testing import run_pending
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
DAY = timedelta(days=1)


@pytest.fixture
def known(cast):
    """A customer of whom much is known, beside another who must not appear."""
    customer = archive(cast)
    archive(cast, "陶映川", "10000000018")
    update_archive(customer=customer, changes={"medical_history": "桥本甲状腺炎"}, by=cast.doctor, at=cast.at)
    add_paper(customer=customer, kind="hk_macao", number="H12345678", by=cast.manager, at=cast.at)
    scan = SimpleUploadedFile("签字.pdf", PDF)
    give_consent(customer=customer, scope="photographs", method="signed", scan=scan, by=cast.manager, at=cast.at)
    return customer


def ask(cast, customer, by=None, reason="本人要求"):
    return ask_subject_export(customer=customer, reason=reason, by=by or cast.director, at=cast.at)


def packed(cast, customer):
    export = ask(cast, customer)
    run_pending(cast.at)
    export.refresh_from_db()
    return export


@pytest.mark.req("SEC-001", part="exports")
def test_the_archive_holds_everything_of_the_customer_and_nothing_of_others(cast, known):
    load_ladders(by=None, at=cast.at)
    asked = {"matter": "duty", "text": "客户要求上门", "proposal": "派专人陪同"}
    ask_above(kind=CODE, customer_id=known.pk, **asked, by=cast.manager, at=cast.at)
    export = packed(cast, known)
    content = fetch_subject_export(export=export, by=cast.manager, at=cast.at + DAY)
    archive_ = ZipFile(BytesIO(content))
    data = json.loads(archive_.read("data.json"))
    tables = data["tables"]
    assert tables["customers.Customer"]["rows"][0]["medical_history"] == "桥本甲状腺炎"
    [told] = tables["approvals.ApprovalRequest:customer_id"]["rows"]
    assert (told["text"], told["proposal"]) == ("客户要求上门", "派专人陪同")
    assert [row["value"] for row in tables["customers.ContactPoint"]["rows"]] == ["13812346021"]
    assert [row["number"] for row in tables["customers.IdentityDocument"]["rows"]] == ["H12345678"]
    assert [(row["scope"], row["state"], row["by"]) for row in tables["customers.ConsentEntry"]["rows"]] == [
        ("拍摄照片", "已同意", "何示文 2004")
    ]
    assert len(tables["customers.TimelineLine"]["rows"]) >= 3
    (name,) = data["files"]
    assert name.endswith("签字.pdf") and archive_.read(name) == PDF
    index = archive_.read("index.html").decode()
    for words in ("沈知夏", "桥本甲状腺炎", "同意：拍摄照片（第 1 版）", name, "功能医生"):
        assert words in index
    whole = index + archive_.read("data.json").decode()
    for others in ("陶映川", "10000000018", "search_text", "digest"):
        assert others not in whole


@pytest.mark.req("SEC-003", part="exports")
def test_who_asked_and_who_fetched_stands_in_the_trail(cast, known):
    export = packed(cast, known)
    fetch_subject_export(export=export, by=cast.manager, at=cast.at)
    asked, packed_, fetched = AuditEntry.objects.filter(code__startswith="customers.subject.").order_by("id")
    assert (asked.code, asked.by, asked.reason) == ("customers.subject.asked", cast.director, "本人要求")
    assert (packed_.code, packed_.by.is_system) == ("customers.subject.packed", True)
    assert (fetched.kind, fetched.by, fetched.customer_id, fetched.reason) == (
        "export",
        cast.manager,
        known.pk,
        "本人要求",
    )


def test_it_is_made_once_expires_and_its_bytes_are_destroyed(cast, known, django_capture_on_commit_callbacks):
    export = ask(cast, known)
    with pytest.raises(Refused) as refusal:
        fetch_subject_export(export=export, by=cast.manager, at=cast.at)
    assert refusal.value.code == "not_ready"
    with pytest.raises(Refused) as refusal:
        ask(cast, known)
    assert refusal.value.code == "in_work"
    run_pending(cast.at)
    export.refresh_from_db()
    assert (export.ready_at, export.expires_at) == (cast.at, cast.at + 7 * DAY)
    path = path_of(export.file.sha256)
    assert path.exists()
    expire(at=cast.at + 6 * DAY)
    assert path.exists()
    with pytest.raises(Refused) as refusal:
        fetch_subject_export(export=export, by=cast.manager, at=cast.at + 7 * DAY)
    assert refusal.value.code == "expired"
    sha256 = export.file.sha256
    with django_capture_on_commit_callbacks(execute=True):
        expire(at=cast.at + 7 * DAY)
    export.refresh_from_db()
    assert (export.file, path.exists(), StoredFile.objects.filter(sha256=sha256).exists()) == (None, False, False)
    expire(at=cast.at + 8 * DAY)
    assert AuditEntry.objects.filter(code="customers.subject.destroyed").count() == 1


def test_without_the_right_or_a_reason_nothing_is_packed(cast, known):
    for person in (cast.manager, cast.doctor, cast.service, cast.admin):
        with pytest.raises(Forbidden):
            ask(cast, known, by=person)
    there = archive(cast, "倪若安", "10000000017", node=cast.sh, doctor=cast.sh_doctor, health_manager=cast.sh_manager, by=cast.sh_manager)  # fmt: skip
    with pytest.raises(OutOfScope):
        ask(cast, there)
    for reason in (" ", "长" * 501):
        with pytest.raises(Invalid):
            ask(cast, known, reason=reason)
    assert not SubjectExport.objects.exists()


def test_the_director_asks_on_the_page_and_the_health_manager_fetches_the_archive(cast, known, login):
    url, page = (reverse(f"customers:{name}", args=[known.pk]) for name in ("subject_exports", "page"))
    director, manager = login(cast.director), login(cast.manager)
    for browser in (director, manager):
        assert url in browser.get(page).content.decode()
    assert url not in login(cast.service).get(page).content.decode()
    assert director.post(url, {"reason": ""}).status_code == 422
    assert manager.post(url, {"reason": "本人要求"}).status_code == 403
    director.post(url, {"reason": "本人要求"})
    assert "准备中" in director.get(url).content.decode()
    export = SubjectExport.objects.get()
    fetch = reverse("customers:subject_export", args=[known.pk, export.pk])
    assert manager.get(fetch).url == url
    run_pending(cast.at)
    assert fetch in manager.get(url).content.decode()
    assert fetch not in director.get(url).content.decode()
    answer = manager.get(fetch)
    assert answer["Content-Type"] == "application/zip"
    assert "data.json" in ZipFile(BytesIO(answer.content)).namelist()
    assert [login(getattr(cast, name)).get(fetch).status_code for name in ("director", "service", "doctor2")] == [
        403,
        403,
        404,
    ]
