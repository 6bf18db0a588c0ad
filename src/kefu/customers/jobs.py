"""What the customers have done in the background."""

from __future__ import annotations

from datetime import datetime

from kefu.customers.actions import merges
from kefu.customers.actions.likeness import look_for_pairs
from kefu.customers.actions.subject_exports import expire_subject_exports, make_subject_export
from kefu.customers.models import Merge, SubjectExport
from kefu.foundation.jobs.registry import every, job
from kefu.organisation.queries import system_user


@job("customers.subject_export")
def subject_export(*, at: datetime, export_id: int) -> None:
    """Pack everything held about a customer."""
    export = SubjectExport.objects.filter(pk=export_id).first()
    if export is not None:
        make_subject_export(export=export, by=system_user("system"), at=at)


@every("10 3 * * *", "customers.expire_subject_exports")
def expire(*, at: datetime) -> None:
    """Destroy archives that nobody may fetch any more."""
    expire_subject_exports(by=system_user("system"), at=at)


@job("customers.gather")
def gather(*, merge_id: int, at: datetime) -> None:
    """Look again for what was written for a merged customer while the merge was under way."""
    merges.gather(merge=Merge.objects.get(pk=merge_id), by=system_user("system"), at=at)


@every("20 3 * * *", "customers.find_pairs")
def find_pairs(*, at: datetime) -> None:
    """Look for customers who may be one person."""
    look_for_pairs(by=system_user("system"), at=at)
