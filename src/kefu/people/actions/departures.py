"""Somebody leaves: begun, changed, taken back; the checklist; the account closed on the last day (ORG-016)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.users import deactivate_user
from kefu.foundation.access.checks import require
from kefu.foundation.assignments.actions import retract
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.people.choices import LeavingReason, LeavingTask
from kefu.people.models import Departure, DepartureTask
from kefu.people.permissions import PeoplePermission
from kefu.people.queries.credentials import directors, keepers
from kefu.people.queries.departures import held_count, leaving_now, open_offers_of
from kefu.people.sentences import LEAVING_HELD, STILL_OPEN

KIND = "people.departure"
ARRANGE, DECIDE = PeoplePermission.LEAVING_ARRANGE, PeoplePermission.LEAVING_DECIDE


@action
def open_departure(*, user: User, reason: str, last_day: date, note: str = "", by: User, at: datetime) -> Departure:
    """Say that somebody leaves, why, and which day is the last (ORG-016). Raises Refused `leaving`, Invalid (`reason`, `last_day`, `note`)."""
    require(by, ARRANGE, node_id=user.node_id)
    if user.is_system or not user.is_active:
        raise Refused("not_here", _("这个账号不能办离职。"))
    if leaving_now(user) is not None:
        raise Refused("leaving", _("%(name)s已经在办离职。") % {"name": user.name})
    _check(reason, last_day, note, timezone.localdate(at))
    return _begin(user, reason, last_day, note.strip(), by, at)


@action
def change_departure(*, departure: Departure, reason: str, last_day: date, note: str, by: User, at: datetime) -> None:
    """Correct reason, last day or note; once the account is closed the day stays. Raises Refused `over`, Invalid."""
    held = locked_departure(departure, by, ARRANGE)
    if held.closed_at is not None and last_day != held.last_day:
        raise Invalid.one("last_day", "closed", _("账号已经关闭，最后一天不能再改。"))
    first = held.last_day if held.closed_at is not None else timezone.localdate(at)
    _check(reason, last_day, note, min(first, held.last_day))
    values: dict[str, object] = {"reason": reason, "last_day": last_day, "note": note.strip()}
    changed: dict[str, Change] = {
        name: (getattr(held, name), value) for name, value in values.items() if getattr(held, name) != value
    }
    if not changed:
        return nothing_changed()
    for name, (_before, value) in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))
    return _record("changed", held, by, at, {name: pair for name, pair in changed.items() if name != "note"})


@action
def cancel_departure(*, departure: Departure, reason: str, by: User, at: datetime) -> None:
    """The person stays after all; what was handed over stays so, what was only asked is taken back. Raises Refused `closed`, `over`, Invalid."""
    require(by, ARRANGE, node_id=departure.node_id)
    why = _reason(reason)
    _retract_offers(departure, why, by, at)
    held = locked_departure(departure, by, ARRANGE)
    if held.closed_at is not None:
        raise Refused("closed", _("账号已经关闭，不能撤销离职。"))
    _cancel(held, why, by, at)


@action
def waive_handing_over(*, departure: Departure, reason: str, by: User, at: datetime) -> None:
    """A director lets the account be closed although something is still held. Raises Forbidden, Refused `waived`, `over`, Invalid."""
    held, why = locked_departure(departure, by, DECIDE), _reason(reason)
    if held.user_id == by.pk:
        raise Refused("yourself", _("不能决定自己的离职，请上级来办。"))
    if held.waived_at is not None:
        raise Refused("waived", _("已经决定过了。"))
    held.waived_by, held.waived_at, held.waived_reason = by, at, why
    held.save(update_fields=["waived_by", "waived_at", "waived_reason"])
    _record("waived", held, by, at, {"held": (None, _count(held, at))}, why)


@action
def tick_task(*, task: DepartureTask, done: bool, note: str = "", by: User, at: datetime) -> None:
    """Say that a line of the checklist is done, or not after all. Raises Refused `over`."""
    departure = locked_departure(task.departure, by, ARRANGE)
    held = DepartureTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    if (held.done_on is not None) == done:
        return nothing_changed()
    held.done_on, held.done_by = (timezone.localdate(at), by) if done else (None, None)
    held.note = note.strip()[:200]
    held.save(update_fields=["done_on", "done_by", "note"])
    _record("task_ticked", departure, by, at, {held.code: (not done, done)})
    return settle(departure=departure, at=at)


@action
def close_account(*, departure: Departure, by: User, at: datetime) -> None:
    """Close the account on the last day or later. Raises Refused `too_early`, `still_held` unless a director waived it."""
    held = locked_departure(departure, by, ARRANGE)
    if held.closed_at is not None:
        return nothing_changed()
    if timezone.localdate(at) < held.last_day:
        raise Refused("too_early", _("还没到最后一天。"))
    count = _count(held, at)
    if count and held.waived_at is None:
        raise Refused(
            "still_held",
            _("还有 %(count)s 项没有移交，不能关闭账号；主任可以写明原因后放行。") % {"count": count},
            {"held": count},
        )
    reason = str(LeavingReason(held.reason).label)
    return deactivate_user(user=held.user, reason=reason, by=by, at=at)


@action
def close_due_accounts(*, by: User, at: datetime) -> int:
    """At the end of the day close the accounts whose last day it was; ring for those who still hold something. Answers how many closed."""
    due = Departure.objects.running().filter(closed_at__isnull=True, last_day__lte=timezone.localdate(at))
    closed = 0
    for departure in due.select_related("user"):
        count = _count(departure, at)
        if count and departure.waived_at is None:
            words = LEAVING_HELD(name=departure.user.name, day=str(departure.last_day), count=count)
            _ring(departure, words, at)
            continue
        try:
            close_account(departure=departure, by=by, at=at)
        except Refused:
            _ring(departure, STILL_OPEN(name=departure.user.name, day=str(departure.last_day)), at)
            continue
        closed += 1
    for departure in Departure.objects.running().filter(closed_at__isnull=False).select_related("user"):
        settle(departure=departure, at=at)
    nothing_changed()
    return closed


@within_action
def note_closed(*, user: User, by: User, at: datetime) -> None:
    """An account was closed, by this or by an administrator at once: the departure knows, and one is begun where things are still held."""
    departure, today = leaving_now(user), timezone.localdate(at)
    if departure is None and not held_count(user, today, at):
        return
    departure = departure or _begin(user, LeavingReason.UNSTATED, today, "", by, at)
    departure.closed_at = at
    departure.save(update_fields=["closed_at"])
    settle(departure=departure, at=at)


@within_action
def note_reopened(*, user: User, reason: str, by: User, at: datetime) -> None:
    """A closed account works again: the departure that was still under way is over; what was handed over stays so."""
    departure = leaving_now(user)
    if departure is None:
        return
    _retract_offers(departure, reason, by, at)
    held = _locked(departure)
    if held.running:
        _cancel(held, reason, by, at)


@within_action
def settle(*, departure: Departure, at: datetime) -> None:
    """Nothing is left to do once the account is closed, every task ticked and nothing held."""
    done = departure.closed_at is not None and not departure.tasks.filter(done_on__isnull=True).exists()
    if done and departure.settled_at is None and not _count(departure, at):
        departure.settled_at = at
        departure.save(update_fields=["settled_at"])


def _count(departure: Departure, at: datetime) -> int:
    return held_count(departure.user, departure.last_day, at)


def _begin(user: User, reason: str, last_day: date, note: str, by: User, at: datetime) -> Departure:
    made = Departure.objects.create(
        user=user, node_id=user.node_id, reason=reason, last_day=last_day, note=note, opened_by=by, opened_at=at
    )
    DepartureTask.objects.bulk_create(DepartureTask(departure=made, code=code) for code in LeavingTask.values)
    _record("opened", made, by, at, {"reason": (None, reason), "last_day": (None, last_day)})
    return made


def _retract_offers(departure: Departure, reason: str, by: User, at: datetime) -> None:
    for asked in open_offers_of(departure):
        retract(assignment=asked, reason=reason, by=by, at=at)


def _cancel(departure: Departure, reason: str, by: User, at: datetime) -> None:
    before, departure.closed_at = departure.closed_at, None
    departure.cancelled_at, departure.cancelled_reason = at, reason[:300]
    departure.save(update_fields=["closed_at", "cancelled_at", "cancelled_reason"])
    changes: dict[str, Change] = {"cancelled_at": (None, at)} | ({"closed_at": (before, None)} if before else {})
    _record("cancelled", departure, by, at, changes, reason)


@within_action
def locked_departure(departure: Departure, by: User, right: PeoplePermission) -> Departure:
    """The row of a departure under way, locked, if this right reaches it. Raises Forbidden, Refused `over`."""
    held = _locked(departure)
    require(by, right, node_id=held.node_id)
    if not held.running:
        raise Refused("over", _("这次离职已经办完或撤销。"))
    return held


def _locked(departure: Departure) -> Departure:
    return Departure.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=departure.pk)


def _check(reason: str, last_day: date, note: str, first: date) -> None:
    errors = []
    if reason not in LeavingReason.values or reason == LeavingReason.UNSTATED:
        errors.append(FieldError("reason", "unknown", _("请选择离职原因。")))
    if reason == LeavingReason.OTHER and not note.strip():
        errors.append(FieldError("note", "required", _("选其他原因时请写明。")))
    if last_day < first:
        errors.append(FieldError("last_day", "past", _("最后一天不能早于今天。")))
    if errors:
        raise Invalid(errors)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    return reason.strip()[:300]


def _ring(departure: Departure, words: Said, at: datetime) -> None:
    people: Iterable[User] = {*keepers(departure.node_id), *directors(departure.node_id)} - {departure.user}
    tell(
        users=people, code="departure_held", at=at, text=words, unless_unread=True,
        link=reverse("people:departure", args=[departure.pk]),
    )  # fmt: skip


def _record(
    verb: str, departure: Departure, by: User, at: datetime, changes: dict[str, Change], reason: str = ""
) -> None:
    record(
        f"people.departure.{verb}", by=by, at=at, subject=Subject(KIND, departure.pk), node_id=departure.node_id,
        changes=changes, reason=reason,
    )  # fmt: skip
