"""Pages of segments (CUS-011); who is in one is the customer list, narrowed."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.actions.segments import add_segment, redefine_segment, retire_segment
from kefu.customers.models import Segment
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries import CustomerFilter, listed
from kefu.customers.queries.segments import latest, segments
from kefu.customers.segment_forms import SegmentForm
from kefu.customers.segmenting import may_use, spoken
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.kernel.errors import OutOfScope


@require_GET
@needs(CustomerPermission.GRADING_VIEW)
def segment_list(request: StaffRequest) -> HttpResponse:
    """The segments of one's places."""
    keyset = Keyset(segments(request.user), order=("-id",), cursor=request.GET.get("after", ""))
    may = access_of(request.user).may(CustomerPermission.GRADING_TRACK)
    return page(request, "customers/segments.html", {"keyset": keyset, "may": may}, partial="rows")


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.GRADING_TRACK)
def segment_new(request: StaffRequest) -> HttpResponseBase:
    """Define a segment for one's own place."""
    user, at = request.user, now(request)
    form = SegmentForm(request.POST or None, user=user)

    def render() -> HttpResponse:
        return page(
            request,
            "customers/segment_form.html",
            {"form": form, "title": _("新的客户群")},
            status=422 if request.method == "POST" else 200,
        )

    if request.method != "POST" or not form.is_valid():
        return render()
    return act(
        request, lambda: add_segment(name=form.cleaned_data["name"], node=user.node, definition=form.definition(), by=user, at=at),
        form=form, render=render, success=_("客户群已建好。"), to=lambda made: reverse("customers:segment", args=[made.pk]),
    )  # fmt: skip


@require_GET
@needs(CustomerPermission.GRADING_VIEW)
def segment(request: StaffRequest, segment_id: int) -> HttpResponse:
    """What a segment is defined by, how many of one's customers are in it now, and its versions."""
    found, user = _segment(request, segment_id), request.user
    version = latest(found)
    members = listed(user, CustomerFilter(segment=found.pk, on=timezone.localdate(now(request))))
    context = {
        "segment": found, "version": version, "criteria": spoken(version.definition), "usable": may_use(user, version.definition),
        "count": members.count(), "may": allowed(user, CustomerPermission.GRADING_TRACK, node_id=found.node_id),
        "versions": [(one, spoken(one.definition)) for one in found.versions.select_related("by")],
    }  # fmt: skip
    return page(request, "customers/segment.html", context)


@require_http_methods(["GET", "POST"])
@needs(CustomerPermission.GRADING_TRACK)
def segment_edition(request: StaffRequest, segment_id: int) -> HttpResponseBase:
    """Another definition; the ones before are kept."""
    found, user = _segment(request, segment_id), request.user
    form = SegmentForm(request.POST or None, user=user, definition=latest(found).definition, named=True)

    def render() -> HttpResponse:
        return page(
            request,
            "customers/segment_form.html",
            {"form": form, "title": found.name},
            status=422 if request.method == "POST" else 200,
        )

    if request.method != "POST" or not form.is_valid():
        return render()
    return act(
        request, lambda: redefine_segment(segment=found, definition=form.definition(), by=user, at=now(request)), form=form, render=render,
        success=_("客户群的条件已更新，原来的条件留在版本里。"), to=reverse("customers:segment", args=[found.pk]),
    )  # fmt: skip


@require_POST
@needs(CustomerPermission.GRADING_TRACK)
def segment_retirement(request: StaffRequest, segment_id: int) -> HttpResponseBase:
    """Nobody needs the segment any more."""
    found = _segment(request, segment_id)
    return act(request, lambda: retire_segment(segment=found, by=request.user, at=now(request)),
               success=_("客户群已停用。"), to=reverse("customers:segments"))  # fmt: skip


def _segment(request: StaffRequest, segment_id: int) -> Segment:
    found = segments(request.user).filter(pk=segment_id).first()
    if found is None:
        raise OutOfScope()
    return found
