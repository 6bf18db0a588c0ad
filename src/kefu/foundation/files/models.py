"""Stored bytes and what they are attached to."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.files.choices import EXTENSIONS, SHOWN_IN_BROWSER, MediaType


class StoredFile(models.Model):
    """Bytes kept once under their SHA-256; the row never changes and never exists without the bytes."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.sha256

    @property
    def extension(self) -> str:
        """The ending a download gets."""
        return EXTENSIONS.get(MediaType(self.media_type), "bin") if self.media_type in MediaType.values else "bin"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Attachments as people meet them."""

    def counting(self) -> AttachmentQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Attachment(models.Model):
    """A file on a subject: what it is, who put it there and when; withdrawn with a reason, never deleted."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(_("类别"), max_length=40)
    name = models.CharField(_("文件名"), max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(_("撤下原因"), max_length=200, blank=True)

    objects: ClassVar[AttachmentQuerySet] = AttachmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="attachment_subject"),
            models.Index(fields=["customer_id"], name="attachment_customer", condition=Q(customer_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="attachment_withdrawn_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_in_browser(self) -> bool:
        """Whether a browser shows it by itself; otherwise it is downloaded."""
        return self.file.media_type in SHOWN_IN_BROWSER
