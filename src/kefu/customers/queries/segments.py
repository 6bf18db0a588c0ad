"""Reads of segments: which there are, who is in them (CUS-011)."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from kefu.customers.models import Customer, Segment, SegmentVersion
from kefu.customers.permissions import CustomerPermission
from kefu.customers.segmenting import may_use, narrowed
from kefu.foundation.access.queries import EVERYWHERE, access_of
from kefu.organisation.choices import Level
from kefu.organisation.models import User


def segments(user: User) -> QuerySet[Segment]:
    """The segments of the places where the person sees grades; order and page by `-id`."""
    reach = access_of(user).reach(CustomerPermission.GRADING_VIEW)
    nodes = reach.nodes(Level.VIEW)
    rows = Segment.objects.filter(active=True).select_related("node")
    return rows if nodes is EVERYWHERE else rows.filter(node__in=nodes | reach.own)


def latest(segment: Segment) -> SegmentVersion:
    """The version that holds."""
    return segment.versions.select_related("by")[0]


def in_segment(customers: QuerySet[Customer], user: User, segment_id: int, on: date) -> QuerySet[Customer]:
    """Those of the customers who fall under a segment on a day; none when the person may not see it."""
    segment = segments(user).filter(pk=segment_id).first()
    if segment is None:
        return customers.none()
    definition = latest(segment).definition
    return narrowed(customers, definition, user, on) if may_use(user, definition) else customers.none()
