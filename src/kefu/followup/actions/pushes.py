"""Messages to many: written by one colleague, approved by another, started, paused, stopped (FUP-008)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Segment
from kefu.followup.choices import PushKind, PushState
from kefu.followup.models import Push, PushRecipient
from kefu.followup.permissions import FollowUpPermission
from kefu.followup.queries.pushes import audience, words_of
from kefu.followup.rights import require_whole
from kefu.followup.sentences import NOT_BEGUN
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.outbox.batches import withdraw_many
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.messaging.actions.registrations import keep_registration
from kefu.messaging.actions.templates import write_own_words
from kefu.messaging.choices import Language, Provider
from kefu.messaging.models import Message
from kefu.messaging.registering import unregistered
from kefu.organisation.models import User

KIND = "followup.push"
AT_ONCE = 5000
STEPS = {
    PushState.RUNNING: (PushState.APPROVED, PushState.PAUSED),
    PushState.PAUSED: (PushState.RUNNING,),
    PushState.STOPPED: (PushState.DRAFT, PushState.APPROVED, PushState.RUNNING, PushState.PAUSED),
}


@action
def draft_push(
    *, title: str, zh: str, en: str = "", email_subject: str = "", channels: Sequence[str], segment: Segment | None = None, per_minute: int, planned_at: datetime | None = None,
    by: User, at: datetime,
) -> Push:  # fmt: skip
    """Write an activity for the customers one reaches, or a group of them; with `planned_at` it begins then by itself, once approved. Raises Forbidden, Invalid (title, zh, en,
    email_subject, channels, per_minute, planned_at)."""
    require(by, FollowUpPermission.PUSH)
    errors = [FieldError("title", "required", _("请填写名称。"))] if not title.strip() else []
    if per_minute < 1:
        errors.append(FieldError("per_minute", "range", _("每分钟至少 1 条。")))
    if planned_at is not None and planned_at <= at:
        errors.append(FieldError("planned_at", "past", _("这个时间已经过了。")))
    if errors:
        raise Invalid(errors)
    push = Push.objects.create(
        kind=PushKind.CAMPAIGN, title=title.strip(), template="", day=timezone.localdate(at), node=by.node, segment=segment,
        per_minute=per_minute, planned_at=planned_at, made_by=by, made_at=at,
    )  # fmt: skip
    push.template = f"push-{push.pk}"
    write_own_words(code=push.template, channels=channels, zh=zh, en=en, email_subject=email_subject, by=by, at=at)
    push.save(update_fields=["template"])
    _record(push, "followup.push.drafted", by, at, None)
    return push


@action
def approve_push(*, push: Push, by: User, at: datetime) -> Push:
    """Let it be sent: by somebody with the right for the whole place, and never by who wrote it. Raises Refused `own`, `state`, `unregistered`, Forbidden."""
    row = _locked(push)
    require_whole(by, row.node_id)
    if row.made_by_id == by.pk:
        raise Refused("own", _("自己写的活动要请别人批准。"))
    if row.state != PushState.DRAFT:
        raise _wrong(row)
    _require_registered(row)
    row.approved_by, row.approved_at = by, at
    return _become(row, PushState.APPROVED, "followup.push.approved", by, at)


@action
def run_push(*, push: Push, by: User, at: datetime) -> Push:
    """Start it, or go on after a pause. Who gets it is frozen at the start. Raises Refused `state`, `unregistered`, `nobody`, Forbidden, OutOfScope."""
    row = _mine(push, by)
    _need(row, PushState.RUNNING)
    _require_registered(row)
    if row.started_at is None:
        row.started_at = at
        if not add_recipients(
            push=row, customers=audience(row, at).order_by("pk").values_list("pk", flat=True).iterator()
        ):
            raise Refused("nobody", _("这个范围里没有客户。"))
    return _become(row, PushState.RUNNING, "followup.push.started", by, at)


@action
def register_words(
    *, push: Push, provider: Provider, language: Language, code: str, places: Sequence[str], by: User, at: datetime
) -> None:  # fmt: skip
    """Say which template of a provider holds the words, while they wait to be approved. Raises Refused `state`, `no_words`, Invalid (`code`,
    `places`), Forbidden, OutOfScope (FUP-008)."""
    row = _mine(push, by)
    if row.state != PushState.DRAFT:
        raise _wrong(row)
    keep_registration(
        template=words_of(row), provider=provider, language=language, code=code, places=places, by=by, at=at
    )  # fmt: skip


@action
def give_up_plan(*, push: Push, reason: str, by: User, at: datetime) -> None:
    """A push that could not begin at its time waits for a person; whoever wrote it is told why."""
    row = _locked(push)
    Push.objects.filter(pk=row.pk).update(planned_at=None)
    record("followup.push.not_begun", by=by, at=at, subject=Subject(KIND, row.pk), node_id=row.node_id, reason=reason)
    tell(
        users=[row.made_by],
        code="push_not_begun",
        text=NOT_BEGUN(title=row.title, reason=reason),
        link=f"/pushes/{row.pk}/",
        at=at,
    )


@action
def pause_push(*, push: Push, by: User, at: datetime) -> Push:
    """Write no further messages for now. Raises Refused `state`, Forbidden, OutOfScope."""
    row = _mine(push, by)
    _need(row, PushState.PAUSED)
    return _become(row, PushState.PAUSED, "followup.push.paused", by, at)


@action
def stop_push(*, push: Push, by: User, at: datetime) -> Push:
    """Write no further messages at all, and take back what still waits to leave. Raises Refused `state`, Forbidden, OutOfScope."""
    row = _mine(push, by)
    _need(row, PushState.STOPPED)
    letters = row.recipients.filter(message__outbox__isnull=False).values_list("message__outbox_id", flat=True)
    withdraw_many(only=list(letters))
    row.ended_at = at
    return _become(row, PushState.STOPPED, "followup.push.stopped", by, at)


@within_action
def add_recipients(*, push: Push, customers: Iterable[int]) -> int:
    """Freeze who gets it, each once; answers how many."""
    left, count = iter(customers), 0
    while rows := [PushRecipient(push=push, customer_id=pk) for pk in islice(left, AT_ONCE)]:
        PushRecipient.objects.bulk_create(rows, ignore_conflicts=True)
        count += len(rows)
    return count


@within_action
def follow_message(*, message_id: int, instead_of_id: int) -> None:
    """A message that went by another way counts for its recipient; of a push that was stopped it does not leave."""
    rows = PushRecipient.objects.filter(message=instead_of_id).select_related("push")
    for row in rows:
        row.message_id = message_id
        row.save(update_fields=["message"])
        if row.push.state == PushState.STOPPED:
            withdraw_many(only=list(Message.objects.filter(pk=message_id).values_list("outbox_id", flat=True)))


@within_action
def finish(*, push: Push, by: User, at: datetime) -> None:
    """Everybody has a message, or a reason why not."""
    push.ended_at = at
    _become(push, PushState.DONE, "followup.push.done", by, at)


def _mine(push: Push, by: User) -> Push:
    """Held; who wrote it may start and stop it, and whoever has the right for its place."""
    row = _locked(push)
    if row.made_by_id == by.pk:
        require(by, FollowUpPermission.PUSH)
    else:
        require_whole(by, row.node_id)
    return row


def _locked(push: Push) -> Push:
    return (
        Push.objects.select_for_update(of=("self",), no_key=True).select_related("made_by", "segment").get(pk=push.pk)
    )


def _need(row: Push, wanted: PushState) -> None:
    if row.state not in STEPS[wanted]:
        raise _wrong(row)


def _require_registered(row: Push) -> None:
    missing = unregistered(words_of(row))
    if missing:
        where = "、".join(f"{one.provider.label} {one.language.label}" for one in missing)
        raise Refused("unregistered", _("服务商还没有登记这条文字：%(where)s。请先登记。") % {"where": where})


def _wrong(row: Push) -> Refused:
    return Refused("state", _("这次推送现在是“%(state)s”，不能这样办。") % {"state": row.get_state_display()})


def _become(row: Push, state: PushState, code: str, by: User, at: datetime) -> Push:
    before, row.state = row.state, state
    row.save()
    _record(row, code, by, at, before)
    return row


def _record(row: Push, code: str, by: User, at: datetime, before: str | None) -> None:
    record(
        code,
        by=by,
        at=at,
        subject=Subject(KIND, row.pk),
        node_id=row.node_id,
        changes={"state": (before, str(row.state))},
    )
