"""Printing."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Max
from django.utils import translation

from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.files import storage
from kefu.foundation.files.choices import MediaType
from kefu.foundation.printing import press, registry
from kefu.foundation.printing.models import Print, copy_label
from kefu.foundation.printing.rendering import LANGUAGE, draft
from kefu.organisation.models import User


@action
def print_document(*, code: str, subject: Subject, customer_id: int | None, by: User, at: datetime) -> Print:
    """Print a document of a subject: render, store, count, audit. The caller has checked that `by` may.

    Content printed before keeps its version and is the next copy of it; changed content is the next version, copy 1.
    Two people printing at once get different copy numbers.
    """
    _one_at_a_time(code, subject)
    work = draft(registry.find(code), subject.id)
    version, copy_number = _place(code, subject, work.content_hash)
    with translation.override(LANGUAGE):
        label = copy_label(copy_number)
    html = work.html(version=version, copy_label=label, printed_by=f"{by.name} {by.job_number}", printed_at=at)
    file = storage.store(press.write_pdf(html, work.document.size), MediaType.PDF)
    made = Print.objects.create(
        document=code, subject_kind=subject.kind, subject_id=subject.id, customer_id=customer_id, file=file,
        content_hash=work.content_hash, version=version, copy_number=copy_number, by=by, at=at,
    )  # fmt: skip
    record(
        "printing.printed", by=by, at=at, subject=subject, customer_id=customer_id, kind=Kind.PRINT,
        changes={"document": (None, code), "version": (None, version), "copy": (None, copy_number), "print": (None, made.pk)},
    )  # fmt: skip
    return made


def _one_at_a_time(code: str, subject: Subject) -> None:
    """Until the transaction ends; other documents are not held up."""
    with connection.cursor() as cursor:
        key = f"print {code} {subject.kind} {subject.id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _place(code: str, subject: Subject, content_hash: str) -> tuple[int, int]:
    """Version and copy number of the printout to be."""
    earlier = Print.objects.filter(document=code, subject_kind=subject.kind, subject_id=subject.id)
    same = earlier.filter(content_hash=content_hash).order_by("-copy_number").first()
    if same is not None:
        return same.version, same.copy_number + 1
    return (earlier.aggregate(last=Max("version"))["last"] or 0) + 1, 1


@action
def follow_customer(*, loser_id: int, winner_id: int, by: User, at: datetime) -> int:
    """When two customers are merged: the prints of the one become the other's. Answers how many."""
    moved = Print.objects.filter(customer_id=loser_id).update(customer_id=winner_id)
    if moved:
        changes = {"customer": (loser_id, winner_id), "prints": (None, moved)}
        record("printing.followed_customer", by=by, at=at, customer_id=winner_id, changes=changes)
    else:
        nothing_changed()
    return moved
