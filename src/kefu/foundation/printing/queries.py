"""Reads of prints."""

from __future__ import annotations

from django.db.models import Max, QuerySet

from kefu.foundation.printing import registry
from kefu.foundation.printing.models import Print
from kefu.foundation.printing.rendering import draft


def prints_of(code: str, subject_kind: str, subject_id: int) -> QuerySet[Print]:
    """The printouts of a document of a subject, newest first."""
    found = Print.objects.filter(document=code, subject_kind=subject_kind, subject_id=subject_id)
    return found.select_related("by", "file").order_by("-at", "-id")


def current_version(code: str, subject_kind: str, subject_id: int) -> int:
    """The last version printed, 0 when never."""
    found = Print.objects.filter(document=code, subject_kind=subject_kind, subject_id=subject_id)
    return found.aggregate(last=Max("version"))["last"] or 0


def is_current(made: Print) -> bool:
    """Whether the subject still says what the printout says; if not, a new printout is needed (LAB-002)."""
    return draft(registry.find(made.document), made.subject_id).content_hash == made.content_hash
