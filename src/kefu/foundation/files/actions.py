"""Attaching and withdrawing."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import File
from django.utils.translation import gettext as _

from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record
from kefu.foundation.files import storage
from kefu.foundation.files.choices import EXTENSIONS, MediaType
from kefu.foundation.files.models import Attachment
from kefu.foundation.files.rules import media_type_of, safe_name
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User

MAX_BYTES = 20 * 1024 * 1024


@action
def attach(
    *, subject: Subject, customer_id: int | None, kind: str, upload: File[bytes], by: User, at: datetime
) -> Attachment:
    """Keep an uploaded file and attach it to a subject. The caller has checked that `by` may (the page asks the policy).

    Raises Invalid on field `upload` when it is empty, too large or of a type not accepted.
    """
    content, media_type = _checked(upload)
    attachment = Attachment.objects.create(
        file=storage.store(content, media_type), subject_kind=subject.kind, subject_id=subject.id, customer_id=customer_id,
        kind=kind, name=safe_name(upload.name or "", EXTENSIONS[MediaType(media_type)]), by=by, at=at,
    )  # fmt: skip
    facts: dict[str, Change] = {"sha256": (None, attachment.file.sha256), "size": (None, attachment.file.size)}
    name: dict[str, Change] = {"name": (None, attachment.name)}
    record(
        "files.attached", by=by, at=at, subject=subject, customer_id=customer_id, personal=name,
        changes={"kind": (None, kind)} | facts | ({} if customer_id else name),
    )  # fmt: skip
    return attachment


def _checked(upload: File[bytes]) -> tuple[bytes, str]:
    if not upload.size:
        raise Invalid.one("upload", "empty", _("文件是空的，请重新选择。"))
    if upload.size > MAX_BYTES:
        size = -(-upload.size // (1024 * 1024))
        raise Invalid.one("upload", "too_large", _("文件有 %(size)s MB，最多 20 MB。") % {"size": size})
    content = upload.read()
    media_type = media_type_of(content)
    if media_type is None:
        message = _("这种文件不能上传。请用 PDF、JPEG、PNG、WEBP、HEIC 或不带宏的 XLSX。")
        raise Invalid.one("upload", "type", message)
    return content, media_type


@action
def withdraw(*, attachment: Attachment, reason: str, by: User, at: datetime) -> Attachment:
    """Take an attachment out of sight; row and bytes stay. Raises Invalid without a reason, Refused when already done."""
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid.one("reason", "required", _("请写明撤下的原因，200 字以内。"))
    locked = Attachment.objects.select_for_update(no_key=True).get(pk=attachment.pk)
    if locked.withdrawn_at is not None:
        raise Refused("already_withdrawn", _("这个文件已经撤下。"))
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = at, by, reason
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    subject = Subject(locked.subject_kind, locked.subject_id)
    record(
        "files.withdrawn", by=by, at=at, subject=subject, customer_id=locked.customer_id, reason=reason,
        changes={"attachment": (locked.pk, None)},
    )  # fmt: skip
    return locked


@action
def follow_customer(*, loser_id: int, winner_id: int, by: User, at: datetime) -> int:
    """When two customers are merged: the files of the one become the other's. Answers how many."""
    moved = Attachment.objects.filter(customer_id=loser_id).update(customer_id=winner_id)
    if moved:
        changes = {"customer": (loser_id, winner_id), "attachments": (None, moved)}
        record("files.followed_customer", by=by, at=at, customer_id=winner_id, changes=changes)
    else:
        nothing_changed()
    return moved
