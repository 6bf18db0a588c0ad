"""Everything held about a customer, handed over: asked for with a reason, made in the background, fetched, destroyed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import hold
from kefu.customers.limits import SUBJECT_EXPORT_DAYS
from kefu.customers.models import Customer, SubjectExport
from kefu.customers.packing import pack
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, record_read
from kefu.foundation.files import storage
from kefu.foundation.jobs.defer import defer
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User

CODE = "customers.subject_export"
ZIP = "application/zip"
REASON = 500


@action
def ask_subject_export(*, customer: Customer, reason: str, by: User, at: datetime) -> SubjectExport:
    """Have everything held about the customer packed; it can be fetched by those who may, until it expires.

    Raises Invalid (`reason`), Refused `in_work` while one is being made, Forbidden, OutOfScope (SEC-001, SEC-003).
    """
    require(by, CustomerPermission.SUBJECT_EXPORT, customer=customer)
    reason = reason.strip()
    if not reason or len(reason) > REASON:
        raise Invalid.one("reason", "required", _("请写明导出的用途，500 字以内。"))
    hold(customer.pk)
    if SubjectExport.objects.filter(customer=customer, ready_at__isnull=True).exists():
        raise Refused("in_work", _("已经在准备，请稍候。"))
    made = SubjectExport.objects.create(customer=customer, reason=reason, by=by, at=at)
    record("customers.subject.asked", by=by, at=at, subject=Subject(CODE, made.pk), customer_id=customer.pk, node_id=customer.node_id,
           reason=reason)  # fmt: skip
    defer("customers.subject_export", export_id=made.pk, lock=f"subject_export {made.pk}")
    return made


@action
def make_subject_export(*, export: SubjectExport, by: User, at: datetime) -> SubjectExport:
    """Pack it. Safe to repeat: what is ready stays as it is (SEC-001)."""
    locked = (
        SubjectExport.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=export.pk)
    )
    if locked.ready_at is not None:
        nothing_changed()
        return locked
    days = SUBJECT_EXPORT_DAYS.on(at, node_id=locked.customer.node_id)
    locked.file = storage.store(pack(locked.customer, at), ZIP)
    locked.ready_at, locked.expires_at = at, at + timedelta(days=days)
    locked.save(update_fields=["file", "ready_at", "expires_at"])
    record("customers.subject.packed", by=by, at=at, subject=Subject(CODE, locked.pk), customer_id=locked.customer_id,
           node_id=locked.customer.node_id, changes={"size": (None, locked.file.size), "days": (None, days)})  # fmt: skip
    return locked


@action
def fetch_subject_export(*, export: SubjectExport, by: User, at: datetime) -> bytes:
    """Answer the archive, once it is written who took it and what for.

    For those who may read the customer's health data, which is in it: one colleague has it made, another hands it over. Raises Refused
    `not_ready` or `expired`, Forbidden, OutOfScope (SEC-001, SEC-003).
    """
    require(by, CustomerPermission.MEDICAL_VIEW, customer=export.customer)
    if export.ready_at is None:
        raise Refused("not_ready", _("还在准备，请稍候。"))
    if export.file is None or export.expires_at is None or export.expires_at <= at:
        raise Refused("expired", _("已经过期销毁，需要时请重新导出。"))
    record_read("customers.subject.exported", by=by, at=at, customer_id=export.customer_id, subject=Subject(CODE, export.pk),
                node_id=export.customer.node_id, kind=Kind.EXPORT, reason=export.reason)  # fmt: skip
    return storage.read(export.file)


@action
def expire_subject_exports(*, by: User, at: datetime) -> int:
    """Destroy the archives whose time is over; answers how many."""
    found = SubjectExport.objects.select_for_update(of=("self",), no_key=True).select_related("file", "customer")
    over = list(found.filter(file__isnull=False, expires_at__lte=at).order_by("pk"))
    for export in over:
        file, export.file = export.file, None
        export.save(update_fields=["file"])
        record("customers.subject.destroyed", by=by, at=at, subject=Subject(CODE, export.pk), customer_id=export.customer_id,
               node_id=export.customer.node_id)  # fmt: skip
        if file is not None and not SubjectExport.objects.filter(file=file).exists():
            storage.forget(file)
    if not over:
        nothing_changed()
    return len(over)
