"""Reads of attachments."""

from kefu.foundation.files.models import Attachment, AttachmentQuerySet


def attached(subject_kind: str, subject_id: int, kind: str = "") -> AttachmentQuerySet:
    """The attachments of a subject that count, oldest first, of one kind or all."""
    found = Attachment.objects.counting().filter(subject_kind=subject_kind, subject_id=subject_id)
    return (found.filter(kind=kind) if kind else found).select_related("file", "by").order_by("at", "id")
