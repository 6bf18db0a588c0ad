"""Groups of customers over the API (CUS-011)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from ninja import Query, Router, Status

from kefu.customers.actions.segments import add_segment, redefine_segment, retire_segment
from kefu.customers.models import Segment
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries import CustomerFilter, listed
from kefu.customers.queries.segments import segments
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Code, Count, Ident, In, Line, Nothing, Out
from kefu.kernel.ids import ident
from kefu.organisation.models import Node

router = Router(tags=["segments"])


class CriterionIn(In):
    """A criterion and what it asks for: `values` of a list, a `text`, or a number from `low` to `high`."""

    criterion: Code
    values: list[Code] | None = None
    text: Line | None = None
    low: Code | None = None
    high: Code | None = None


class SegmentIn(In):
    """A group for the colleagues of a place."""

    name: Line
    node: Ident | None = None
    definition: list[CriterionIn]


class DefinitionIn(In):
    """Another definition of a group; the ones before stay readable on screen."""

    definition: list[CriterionIn]


class SegmentOut(Out):
    """A group with the definition that holds."""

    id: str
    name: str
    node: str
    version: Count
    definition: list[dict[str, Any]]


class SegmentCountOut(SegmentOut):
    """The same with how many of one's own customers are in it now."""

    customers: Count


def show(segment: Segment) -> dict[str, object]:
    """A group with its place loaded."""
    version = segment.versions.all()[0]
    return {
        "id": ident("seg", segment.pk), "name": segment.name, "node": segment.node.code, "version": version.number,
        "definition": [{"criterion": code, **given} for code, given in version.definition.items()],
    }  # fmt: skip


@router.get("segments", response={200: Listing[SegmentOut], **RESPONSES}, operation_id="segments_list")
@needs(CustomerPermission.GRADING_VIEW)
def list_segments(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """Groups of one's places, newest first."""
    return listing(segments(request.user).prefetch_related("versions"), query, order=("-id",), show=show)


@router.post("segments", response={201: SegmentOut, **RESPONSES}, operation_id="segments_create")
@needs(CustomerPermission.GRADING_TRACK)
def create_segment(request: ApiRequest, body: SegmentIn) -> Status[object]:
    """Define a group, for one's own place unless another is named."""
    node = reference(Node.objects.all(), body.node, "nod", "code", field="node") if body.node else request.user.node
    made = add_segment(name=body.name, node=node, definition=_given(body.definition), by=request.user, at=request.at)
    return Status(201, show(made))


@router.get("segments/{segment_id}", response={200: SegmentCountOut, **RESPONSES}, operation_id="segments_read")
@needs(CustomerPermission.GRADING_VIEW)
def read_segment(request: ApiRequest, segment_id: str) -> dict[str, object]:
    """One group, counted now; its customers are `GET customers?segment=`."""
    segment = _segment(request, segment_id)
    members = listed(request.user, CustomerFilter(segment=segment.pk, on=timezone.localdate(request.at)))
    return show(segment) | {"customers": members.count()}


@router.put(
    "segments/{segment_id}/definition", response={200: SegmentOut, **RESPONSES}, operation_id="segments_redefine"
)
@needs(CustomerPermission.GRADING_TRACK)
def define_anew(request: ApiRequest, segment_id: str, body: DefinitionIn) -> dict[str, object]:
    """Give a group another definition."""
    segment = _segment(request, segment_id)
    redefine_segment(segment=segment, definition=_given(body.definition), by=request.user, at=request.at)
    return show(segment)


@router.post(
    "segments/{segment_id}/retirement", response={200: SegmentOut, **RESPONSES}, operation_id="segments_retire"
)
@needs(CustomerPermission.GRADING_TRACK)
def retire(request: ApiRequest, segment_id: str, body: Nothing) -> dict[str, object]:
    """Nobody needs the group any more."""
    segment = _segment(request, segment_id)
    retire_segment(segment=segment, by=request.user, at=request.at)
    return show(segment)


def _segment(request: ApiRequest, text: str) -> Segment:
    return reference(segments(request.user), text, "seg")


def _given(definition: list[CriterionIn]) -> dict[str, dict[str, Any]]:
    return {one.criterion: one.dict(exclude={"criterion"}, exclude_none=True) for one in definition}
