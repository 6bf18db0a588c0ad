"""Opening, adding and withdrawing in the browser: the subject's policy decides, every look is written down."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files import actions, policies
from kefu.foundation.files.models import Attachment
from kefu.foundation.files.tests import samples


@pytest.fixture
def of_bj(cast, monkeypatch):
    """Subjects of kind files.test: everybody in BJ sees them, only the manager adds; they are customer 7's."""
    monkeypatch.setattr(policies, "_policies", {})
    policies.register_policy(
        "files.test",
        lambda user, subject_id: user.node == cast.bj and subject_id == 5,
        add=lambda user, _id: user == cast.manager,
        customer=lambda _id: 7,
    )


@pytest.fixture
def scan(cast, of_bj):
    def go(content, name, kind="files.test"):
        upload = SimpleUploadedFile(name, content)
        return actions.attach(
            subject=Subject(kind, 5), customer_id=7, kind="scan", upload=upload, by=cast.manager, at=cast.at
        )

    return go


def test_a_colleague_opens_a_scan_and_the_trail_knows(scan, login, cast):
    attachment = scan(samples.PDF, "签字单.pdf")
    answer = login(cast.doctor).get(f"/files/{attachment.pk}/")
    assert answer.status_code == 200
    assert answer.content == samples.PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"] == "inline; filename*=utf-8''%E7%AD%BE%E5%AD%97%E5%8D%95.pdf"
    row = AuditEntry.objects.get(code="files.shown")
    assert (row.by, row.kind, row.customer_id, row.at) == (cast.doctor, "read", 7, cast.at)


def test_what_a_browser_would_not_show_is_downloaded(scan, login, cast):
    sheet = scan(samples.xlsx(), "名单.xlsx")
    assert login(cast.doctor).get(f"/files/{sheet.pk}/")["Content-Disposition"].startswith("attachment;")
    scanned = scan(samples.PDF, "a.pdf")
    answer = login(cast.doctor).get(f"/files/{scanned.pk}/?download=1")
    assert answer["Content-Disposition"] == 'attachment; filename="a.pdf"'


def test_another_centre_gets_404_and_no_look_is_recorded(scan, login, cast):
    attachment = scan(samples.PDF, "a.pdf")
    assert login(cast.sh_doctor).get(f"/files/{attachment.pk}/").status_code == 404
    assert not AuditEntry.objects.filter(code="files.shown").exists()


def test_a_kind_of_subject_without_policy_is_closed_to_all(scan, login, cast):
    attachment = scan(samples.PDF, "a.pdf", kind="files.unknown")
    assert login(cast.admin).get(f"/files/{attachment.pk}/").status_code == 404
    upload = SimpleUploadedFile("b.pdf", samples.PDF)
    assert login(cast.admin).post("/files/on/files.unknown/5/", {"upload": upload}).status_code == 404
    assert Attachment.objects.count() == 1


def test_uploading_returns_to_the_page_it_came_from(of_bj, login, cast):
    data = {"upload": SimpleUploadedFile("b.pdf", samples.PDF), "kind": "scan", "next": "/orders/5/"}
    answer = login(cast.manager).post("/files/on/files.test/5/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/orders/5/")
    attachment = Attachment.objects.get()
    assert (attachment.customer_id, attachment.kind, attachment.by, attachment.at) == (7, "scan", cast.manager, cast.at)


def test_a_colleague_who_may_only_look_cannot_add_or_withdraw(scan, login, cast):
    attachment = scan(samples.PDF, "a.pdf")
    browser = login(cast.doctor)
    assert (
        browser.post("/files/on/files.test/5/", {"upload": SimpleUploadedFile("b.pdf", samples.PDF)}).status_code == 404
    )
    assert browser.post(f"/files/{attachment.pk}/withdrawal/", {"reason": "错"}).status_code == 404
    assert Attachment.objects.counting().count() == 1


def test_a_refused_upload_says_why_beside_the_field(of_bj, login, cast):
    data = {"upload": SimpleUploadedFile("b.pdf", samples.HTML), "next": "/orders/5/"}
    answer = login(cast.manager).post("/files/on/files.test/5/", data)
    assert answer.status_code == 422
    assert "这种文件不能上传。" in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_the_return_address_cannot_lead_elsewhere(of_bj, login, cast):
    data = {"upload": SimpleUploadedFile("b.pdf", samples.PDF), "next": "https://elsewhere.example/"}
    answer = login(cast.manager).post("/files/on/files.test/5/", data)
    assert answer.status_code == 200
    assert "b.pdf" in answer.content.decode()


def test_a_withdrawn_file_is_gone_from_the_list_and_by_address(scan, login, cast):
    attachment = scan(samples.PDF, "a.pdf")
    browser = login(cast.manager)
    answer = browser.post(f"/files/{attachment.pk}/withdrawal/", {"reason": "传错了"})
    assert answer.status_code == 200
    assert "还没有附件。" in answer.content.decode()
    assert browser.get(f"/files/{attachment.pk}/").status_code == 404


def test_strangers_are_sent_to_the_login(scan, client, settings):
    attachment = scan(samples.PDF, "a.pdf")
    settings.LOGIN_URL = "/login/"
    assert client.get(f"/files/{attachment.pk}/")["Location"] == f"/login/?next=/files/{attachment.pk}/"
