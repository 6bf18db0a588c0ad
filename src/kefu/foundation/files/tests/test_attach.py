"""A signed sheet is scanned, kept, found again and, when it was the wrong one, withdrawn."""

import os
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.files import actions, queries, storage
from kefu.foundation.files.models import Attachment, StoredFile
from kefu.foundation.files.tests import samples
from kefu.kernel.errors import Invalid, Refused

ORDER = Subject("files.test", 5)


def scan(content=samples.PDF, name="签字单.pdf"):
    return SimpleUploadedFile(name, content, content_type="text/plain")


@pytest.fixture
def attach(cast):
    def go(upload=None, **more):
        given = {"subject": ORDER, "customer_id": 7, "kind": "signed_sheet", "by": cast.manager, "at": cast.at}
        return actions.attach(upload=upload or scan(), **given | more)

    return go


def test_a_scan_is_kept_by_its_content_and_audited(attach, cast):
    attachment = attach()
    assert attachment.file.media_type == "application/pdf"
    assert attachment.file.size == len(samples.PDF)
    assert storage.read(attachment.file) == samples.PDF
    sha = attachment.file.sha256
    assert storage.path_of(sha).parts[-3:] == (sha[:2], sha[2:4], sha)
    row = AuditEntry.objects.get(code="files.attached")
    assert (row.by, row.at, row.subject_kind, row.subject_id, row.customer_id) == (
        cast.manager,
        cast.at,
        "files.test",
        5,
        7,
    )
    assert row.changes == {"kind": [None, "signed_sheet"], "sha256": [None, sha], "size": [None, len(samples.PDF)]}
    assert row.personal is not None


def test_the_same_bytes_are_kept_once_for_two_subjects(attach):
    first, second = attach(), attach(subject=Subject("files.test", 6))
    assert first.file == second.file
    assert StoredFile.objects.count() == 1
    assert list(queries.attached("files.test", 6)) == [second]


@pytest.mark.parametrize(
    ("upload", "code", "words"),
    [
        (scan(b""), "empty", "文件是空的，请重新选择。"),
        (scan(samples.HTML, "报告.pdf"), "type", "这种文件不能上传。请用 PDF、JPEG、PNG、WEBP、HEIC 或不带宏的 XLSX。"),
        (scan(samples.PDF + bytes(20 * 1024 * 1024)), "too_large", "文件有 21 MB，最多 20 MB。"),
    ],
)
def test_what_is_not_a_document_is_refused_and_nothing_is_kept(attach, upload, code, words):
    with pytest.raises(Invalid) as refused:
        attach(upload)
    assert [(e.field, e.code, str(e.message)) for e in refused.value.errors] == [("upload", code, words)]
    assert not Attachment.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_withdrawn_scan_is_out_of_sight_but_not_lost(attach, cast):
    attachment = attach()
    actions.withdraw(attachment=attachment, reason=" 传错了客户 ", by=cast.manager, at=cast.at)
    assert not queries.attached("files.test", 5).exists()
    kept = Attachment.objects.get()
    assert (kept.withdrawn_by, kept.withdrawn_at, kept.withdrawn_reason) == (cast.manager, cast.at, "传错了客户")
    assert storage.read(kept.file) == samples.PDF
    assert AuditEntry.objects.get(code="files.withdrawn").reason == "传错了客户"
    with pytest.raises(Refused) as again:
        actions.withdraw(attachment=attachment, reason="再来一次", by=cast.manager, at=cast.at)
    assert again.value.code == "already_withdrawn"


def test_withdrawing_asks_why(attach, cast):
    attachment = attach()
    with pytest.raises(Invalid) as refused:
        actions.withdraw(attachment=attachment, reason="  ", by=cast.manager, at=cast.at)
    assert refused.value.errors[0].field == "reason"
    assert queries.attached("files.test", 5).count() == 1


def test_the_database_wants_a_reason_too(attach):
    attachment = attach()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(withdrawn_at=timezone.now())


def test_files_follow_the_customer_who_stays_after_a_merge(attach, cast):
    attach()
    attach(subject=Subject("files.test", 6), customer_id=8)
    assert actions.follow_customer(loser_id=7, winner_id=8, by=cast.admin, at=cast.at) == 1
    assert set(Attachment.objects.values_list("customer_id", flat=True)) == {8}
    assert actions.follow_customer(loser_id=7, winner_id=8, by=cast.admin, at=cast.at) == 0


def test_a_rolled_back_upload_leaves_bytes_only_until_the_sweep(attach, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    kept = attach().file
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        lost = attach(scan(samples.PNG)).file.sha256
        raise ZeroDivisionError
    assert storage.path_of(lost).exists()
    now = timezone.now()
    assert storage.sweep(before=now - timedelta(days=1)) == 0, "a young file may belong to a transaction still open"
    for sha in (lost, kept.sha256):
        os.utime(storage.path_of(sha), (1, 1))
    (tmp_path / storage.ASIDE / "tmpdead").write_bytes(b"half a file")
    os.utime(tmp_path / storage.ASIDE / "tmpdead", (1, 1))
    assert storage.sweep(before=now - timedelta(days=1)) == 2
    assert not storage.path_of(lost).exists()
    assert storage.read(kept) == samples.PDF


def test_a_file_damaged_on_disk_is_written_again(attach, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    file = attach().file
    storage.path_of(file.sha256).write_bytes(b"")
    attach(subject=Subject("files.test", 9))
    assert storage.read(file) == samples.PDF


def test_the_bytes_are_on_disk_before_the_row_is_written(monkeypatch, attach):
    seen = []
    original = StoredFile.objects.get_or_create

    def watched(**kwargs):
        seen.append(storage.path_of(kwargs["sha256"]).exists())
        return original(**kwargs)

    monkeypatch.setattr(StoredFile.objects, "get_or_create", watched)
    attach(scan(samples.WEBP + b"once"))
    assert seen == [True]
    assert connection.in_atomic_block
