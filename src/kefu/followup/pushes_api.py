"""Messages to many over the API (FUP-008)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.db.models import QuerySet
from ninja import Query, Router, Status

from kefu.customers.queries.segments import segments
from kefu.followup.actions import pushes as actions
from kefu.followup.brought import brought
from kefu.followup.limits import PER_MINUTE
from kefu.followup.models import Push
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.queries.pushes import audience, forecast, outcome, words_of
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Count, Ident, In, Line, Moment, Money, Nothing, Out, Text
from kefu.foundation.outbox.choices import State
from kefu.kernel.ids import ident
from kefu.messaging.choices import Language, Provider, Withheld

PushChannel = Literal["sms", "wechat", "email"]
router = Router(tags=["pushes"])


class PushIn(In):
    """An activity: to a group or to all customers one reaches, in Chinese and English, by which ways, how fast, and when (at once if left out)."""

    title: Line
    zh: Text
    en: Text = ""
    email_subject: Line | None = None
    channels: list[PushChannel]
    segment: Ident | None = None
    per_minute: Count | None = None
    planned_at: Moment | None = None


class PushLine(Out):
    """A push and how far it is."""

    id: str
    kind: str
    title: str
    state: str
    state_label: str
    segment: str | None
    per_minute: int
    planned_at: Moment | None
    made_by: str
    made_at: Moment
    approved_by: str | None
    approved_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None


class PushOut(PushLine):
    """The same with its words."""

    channels: list[str]
    zh: str
    en: str


class PushReason(Out):
    """Why customers get none, or how far messages are, and of how many."""

    code: str
    label: str
    count: int


class PushRegistrationIn(In):
    """Which template of a provider holds the words in a language, and its variables in order (`name there=place here`)."""

    provider: Literal["aliyun", "tencent", "wechat"]
    language: Literal["zh-hans", "en"] = "zh-hans"
    code: Line
    places: list[Line] = []


class PushUnregistered(Out):
    """Words that a provider has to register before they can leave."""

    provider: str
    language: str


class PushPreviewOut(Out):
    """What would happen now: how many are meant; of the first `looked_at` how many would get it, and why the others not; what keeps all of it
    from leaving."""

    count: int
    looked_at: int
    reached: int
    withheld: list[PushReason]
    samples: list[str]
    unregistered: list[PushUnregistered]


class PushResultOut(Out):
    """What came of it: messages by state, those not written by reason, who refused since, and what it brought within `days`."""

    total: int
    written: int
    states: list[PushReason]
    withheld: list[PushReason]
    opted_out: int
    days: int
    reached: int
    bought: int
    booked: int
    amount: Money


@router.get("pushes", response={200: Listing[PushLine], **RESPONSES}, operation_id="pushes_list")
@needs(FollowUpPermission.PUSH_VIEW)
def list_pushes(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """What is or was sent to many in the caller's places, newest first."""
    return listing(_seen(request), query, order=("-id",), show=line)


@router.post("pushes", response={201: PushOut, **RESPONSES}, operation_id="pushes_create")
@needs(FollowUpPermission.PUSH)
def create_push(request: ApiRequest, body: PushIn) -> Status[object]:
    """Write one; a colleague has to approve it."""
    push = actions.draft_push(
        title=body.title, zh=body.zh, en=body.en, email_subject=body.email_subject or "", channels=body.channels,
        segment=reference(segments(request.user), body.segment, "seg", field="segment") if body.segment else None,
        per_minute=PER_MINUTE.on(request.at) if body.per_minute is None else body.per_minute, planned_at=body.planned_at,
        by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, show(push))


@router.get("pushes/{push_id}", response={200: PushOut, **RESPONSES}, operation_id="pushes_read")
@needs(FollowUpPermission.PUSH_VIEW)
def read_push(request: ApiRequest, push_id: Line) -> dict[str, object]:
    """One push."""
    return show(_push(request, push_id))


@router.get("pushes/{push_id}/preview", response={200: PushPreviewOut, **RESPONSES}, operation_id="pushes_preview")
@needs(FollowUpPermission.PUSH_VIEW)
def preview_push(request: ApiRequest, push_id: Line) -> dict[str, object]:
    """How many it is meant for, who is left out and why, and the words the first ones would get."""
    push = _push(request, push_id)
    found = forecast(audience(push, request.at), words_of(push), request.at)
    return {
        "count": found.count, "looked_at": found.looked_at, "reached": found.reached, "withheld": _reasons(found.withheld),
        "samples": [body for _name, body in found.samples],
        "unregistered": [{"provider": one.provider.value, "language": one.language.value} for one in found.unregistered],
    }  # fmt: skip


@router.get("pushes/{push_id}/results", response={200: PushResultOut, **RESPONSES}, operation_id="pushes_results")
@needs(FollowUpPermission.PUSH_VIEW)
def read_results(request: ApiRequest, push_id: Line) -> dict[str, object]:
    """What came of it so far."""
    push = _push(request, push_id)
    found, since = outcome(push), brought(push, request.at)
    return {
        "total": found.total, "written": found.written, "states": _reasons(found.states), "withheld": _reasons(found.withheld),
        "opted_out": found.opted_out, "days": since.days, "reached": since.reached, "bought": since.bought, "booked": since.booked,
        "amount": since.amount,
    }  # fmt: skip


@router.post("pushes/{push_id}/registrations", response={200: PushOut, **RESPONSES}, operation_id="pushes_register")
@needs(FollowUpPermission.PUSH)
def register(request: ApiRequest, push_id: Line, body: PushRegistrationIn) -> dict[str, object]:
    """Say which template of a provider holds the words, while they wait to be approved."""
    push = _push(request, push_id)
    actions.register_words(
        push=push, provider=Provider(body.provider), language=Language(body.language), code=body.code, places=body.places,
        by=request.user, at=request.at,
    )  # fmt: skip
    return show(push)


@router.post("pushes/{push_id}/approval", response={200: PushOut, **RESPONSES}, operation_id="pushes_approve")
@needs(FollowUpPermission.PUSH)
def approve(request: ApiRequest, push_id: Line, body: Nothing) -> dict[str, object]:
    """Let it be sent: by somebody other than who wrote it, with the right for the whole place."""
    return show(actions.approve_push(push=_push(request, push_id), by=request.user, at=request.at))


@router.post("pushes/{push_id}/start", response={200: PushOut, **RESPONSES}, operation_id="pushes_start")
@needs(FollowUpPermission.PUSH)
def start(request: ApiRequest, push_id: Line, body: Nothing) -> dict[str, object]:
    """Begin one that is approved, or go on after a pause."""
    return show(actions.run_push(push=_push(request, push_id), by=request.user, at=request.at))


@router.post("pushes/{push_id}/pause", response={200: PushOut, **RESPONSES}, operation_id="pushes_pause")
@needs(FollowUpPermission.PUSH)
def pause(request: ApiRequest, push_id: Line, body: Nothing) -> dict[str, object]:
    """Write no further messages for now."""
    return show(actions.pause_push(push=_push(request, push_id), by=request.user, at=request.at))


@router.post("pushes/{push_id}/stop", response={200: PushOut, **RESPONSES}, operation_id="pushes_stop")
@needs(FollowUpPermission.PUSH)
def stop(request: ApiRequest, push_id: Line, body: Nothing) -> dict[str, object]:
    """End it for good; what has not left is taken back."""
    return show(actions.stop_push(push=_push(request, push_id), by=request.user, at=request.at))


def show(push: Push) -> dict[str, object]:
    """A push with its words."""
    words = words_of(push)
    return line(push) | {"channels": words.channels, "zh": words.zh, "en": words.en}


def line(push: Push) -> dict[str, object]:
    """A push as a list tells it."""
    return {
        "id": ident("psh", push.pk), "kind": push.kind, "title": push.title, "state": push.state, "state_label": push.get_state_display(),
        "segment": ident("seg", push.segment_id) if push.segment_id else None,
        "per_minute": push.per_minute, "planned_at": push.planned_at, "made_by": push.made_by.name, "made_at": push.made_at,
        "approved_by": push.approved_by.name if push.approved_by else None, "approved_at": push.approved_at,
        "started_at": push.started_at, "ended_at": push.ended_at,
    }  # fmt: skip


def _seen(request: ApiRequest) -> QuerySet[Push]:
    return Push.objects.visible_to(request.user).select_related("made_by", "approved_by", "segment", "node")


def _push(request: ApiRequest, push_id: str) -> Push:
    return reference(_seen(request), push_id, "psh")


def _reasons(rows: Sequence[tuple[State | Withheld, int]]) -> list[dict[str, object]]:
    return [{"code": word.value, "label": str(word.label), "count": many} for word, many in rows]
