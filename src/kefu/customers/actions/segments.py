"""Defining groups of customers (CUS-011)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Segment, SegmentVersion
from kefu.customers.permissions import CustomerPermission
from kefu.customers.segmenting import checked
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import Node, User


@action
def add_segment(
    *, name: str, node: Node, definition: Mapping[str, Mapping[str, Any]], by: User, at: datetime
) -> Segment:
    """Define a group for the colleagues of a place. Raises Invalid (`name` or a criterion), Refused `name_taken`, Forbidden, OutOfScope."""
    require(by, CustomerPermission.GRADING_TRACK, node_id=node.pk)
    if not name.strip():
        raise Invalid.one("name", "required", _("请填写名称。"))
    kept = checked(definition, by)
    if Segment.objects.filter(node=node, name=name.strip(), active=True).exists():
        raise Refused("name_taken", _("这个名称已经在用。"))
    segment = Segment.objects.create(node=node, name=name.strip())
    _keep(segment, 1, kept, by, at)
    return segment


@action
def redefine_segment(
    *, segment: Segment, definition: Mapping[str, Mapping[str, Any]], by: User, at: datetime
) -> SegmentVersion:
    """Another definition; the ones before stay readable. Raises Invalid, Forbidden, OutOfScope."""
    require(by, CustomerPermission.GRADING_TRACK, node_id=segment.node_id)
    kept = checked(definition, by)
    locked = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    before = locked.versions.all()[0]
    if before.definition == kept:
        nothing_changed()
        return before
    return _keep(locked, before.number + 1, kept, by, at)


@action
def retire_segment(*, segment: Segment, by: User, at: datetime) -> None:
    """Nobody needs the group any more. Raises Forbidden, OutOfScope."""
    require(by, CustomerPermission.GRADING_TRACK, node_id=segment.node_id)
    if not Segment.objects.filter(pk=segment.pk, active=True).update(active=False):
        return nothing_changed()
    return record("customers.segment.retired", by=by, at=at, subject=Subject("customers.segment", segment.pk), node_id=segment.node_id,
           changes={"active": (True, False)})  # fmt: skip


def _keep(
    segment: Segment, number: int, definition: dict[str, dict[str, Any]], by: User, at: datetime
) -> SegmentVersion:
    version = SegmentVersion.objects.create(segment=segment, number=number, definition=definition, by=by, at=at)
    record("customers.segment.defined", by=by, at=at, subject=Subject("customers.segment", segment.pk), node_id=segment.node_id,
           changes={"version": (number - 1, number), "criteria": (None, " ".join(definition))})  # fmt: skip
    return version
