"""What somebody who leaves holds goes to colleagues: asked and accepted, at once by a director, or back to where others take it from (ORG-016)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.assignments.actions import offer
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Forbidden, Invalid, KefuError, Refused
from kefu.organisation.models import User
from kefu.people.actions.departures import locked_departure, settle
from kefu.people.leaving import Handing, Holding, holding_of
from kefu.people.models import Departure, WorkHandover
from kefu.people.permissions import PeoplePermission
from kefu.people.queries.departures import SUBJECT, held_ids, leaving_now, waiting_ids

AT_ONCE = 200
"""More go with the next hand-over."""
KIND = "people.departure"


@dataclass
class Handed:
    """What became of a hand-over: how many went, and why the others did not."""

    done: int = 0
    refusals: Counter[str] = field(default_factory=Counter)


@action
def ask_to_take_over(
    *, departure: Departure, code: str, ids: Sequence[int], takers: Sequence[User], reason: str, by: User, at: datetime
) -> list[WorkHandover]:
    """Ask colleagues to take things over, in turn where there are several; they go when the colleague accepts.

    Raises Invalid (`ids`, `takers`, `reason`), Refused `over`.
    """
    held, holding = locked_departure(departure, by, PeoplePermission.LEAVING_ARRANGE), _holding(code)
    chosen = _chosen(held, holding, ids, at)
    made = []
    for taker, share in _shares(chosen, _takers(held, holding, takers)):
        handover = _noted(held, holding, taker, share, reason, by, at)
        offer(
            kind=holding.kind, subject=Subject(SUBJECT, handover.pk), to=taker, title=f"{held.user.name} {len(share)}",
            reason=handover.reason, node_id=held.node_id, by=by, at=at,
        )  # fmt: skip
        made.append(handover)
    _record("asked", held, by, at, code, len(chosen), reason)
    return made


@action
def hand_over_at_once(
    *, departure: Departure, code: str, ids: Sequence[int], takers: Sequence[User], reason: str, by: User, at: datetime
) -> Handed:
    """A director gives things to colleagues without asking them. What is refused stays with the leaver, and the answer says why.

    Raises Forbidden, Invalid (`ids`, `takers`, `reason`), Refused `over`.
    """
    held, holding = locked_departure(departure, by, PeoplePermission.LEAVING_DECIDE), _holding(code)
    handed = Handed()
    shares = _shares(_chosen(held, holding, ids, at), _takers(held, holding, takers))
    handovers = [_noted(held, holding, taker, share, reason, by, at) for taker, share in shares]
    _perform(handovers, holding, handed, direct=True, by=by, at=at)
    _record("handed_over", held, by, at, code, handed.done, reason)
    settle(departure=held, at=at)
    return handed


@action
def release_held(*, departure: Departure, code: str, ids: Sequence[int], reason: str, by: User, at: datetime) -> Handed:
    """Put things back to where colleagues take them from, or end them. Raises Invalid (`ids`, `reason`), Refused `no_pool`, `over`."""
    decides = allowed(by, PeoplePermission.LEAVING_DECIDE, node_id=departure.node_id)
    right = PeoplePermission.LEAVING_DECIDE if decides else PeoplePermission.LEAVING_ARRANGE
    held, holding = locked_departure(departure, by, right), _holding(code)
    if holding.release is None:
        raise Refused("no_pool", _("这一类要交给同事，不能放回。"))
    handed = Handed()
    handover = _noted(held, holding, None, _chosen(held, holding, ids, at), reason, by, at)
    _perform([handover], holding, handed, direct=False, by=by, at=at)
    _record("released", held, by, at, code, handed.done, reason)
    settle(departure=held, at=at)
    return handed


@within_action
def take_over(assignment: Assignment, by: User, at: datetime) -> None:
    """What accepting does: whatever the leaver still holds of it goes. Raises Refused `over`, `nothing_went` when all of it was refused."""
    handover = WorkHandover.objects.select_related("departure__user", "taker", "by").get(pk=assignment.subject_id)
    if handover.departure.cancelled_at is not None:
        raise Refused("over", _("这次离职已经办完或撤销。"))
    holding, handed = _holding(handover.code), Handed()
    still = set(held_ids(handover.departure.user, handover.departure.last_day, at).get(handover.code, ()))
    handover.ids = [pk for pk in handover.ids if pk in still]
    _perform([handover], holding, handed, direct=False, by=by, at=at)
    if handover.ids and not handed.done:
        raise Refused("nothing_went", next(iter(handed.refusals)))
    _record("taken_over", handover.departure, by, at, handover.code, handed.done, handover.reason)
    settle(departure=handover.departure, at=at)


def _perform(
    handovers: Sequence[WorkHandover], holding: Holding, handed: Handed, *, direct: bool, by: User, at: datetime
) -> None:
    """One thing after the other in the order of the locks, each by itself: a refusal keeps that one with the leaver, the others go."""
    departure, reason = handovers[0].departure, handovers[0].reason
    handing = Handing(departure.user, departure.last_day, reason, direct, by, at)
    for handover, ident in _in_turn(handovers):
        try:
            with transaction.atomic():
                _one(holding, ident, handover.taker, handing)
            handed.done += 1
        except Forbidden:
            raise
        except KefuError as refusal:
            handover.left.append(ident)
            handed.refusals[str(refusal)] += 1
    for handover in handovers:
        handover.done_at = at
        handover.save(update_fields=["ids", "left", "done_at"])


def _in_turn(handovers: Sequence[WorkHandover]) -> Iterator[tuple[WorkHandover, int]]:
    """As `_shares` dealt them: the order in which the things are locked."""
    for turn in zip_longest(*(handover.ids for handover in handovers)):
        for handover, ident in zip(handovers, turn, strict=True):
            if ident is not None:
                yield handover, ident


def _one(holding: Holding, ident: int, taker: User | None, handing: Handing) -> None:
    if taker is not None and holding.give is not None:
        holding.give(ident, taker, handing)
    elif taker is None and holding.release is not None:
        holding.release(ident, handing)


def _holding(code: str) -> Holding:
    holding = holding_of(code)
    if holding is None:
        raise Invalid.one("code", "unknown", _("没有这一项。"))
    return holding


def _chosen(departure: Departure, holding: Holding, ids: Sequence[int], at: datetime) -> list[int]:
    """Those asked for that are still held and that nobody has been asked to take, in the order in which they are locked."""
    free = held_ids(departure.user, departure.last_day, at).get(holding.code, [])
    asked, waiting = set(ids), waiting_ids(departure).get(holding.code, set())
    chosen = [pk for pk in free if pk in asked and pk not in waiting]
    if not chosen:
        raise Invalid.one("ids", "required", _("请先勾选要移交的。"))
    return chosen[:AT_ONCE]


def _takers(departure: Departure, holding: Holding, takers: Sequence[User]) -> list[User]:
    if holding.give is None or holding.takers is None:
        raise Refused("no_takers", _("这一类不能交给同事。"))
    able = set(holding.takers(departure.user).values_list("pk", flat=True)) - {departure.user_id}
    wrong = next((one for one in takers if one.pk not in able or leaving_now(one) is not None), None)
    if wrong is not None:
        raise Invalid.one("takers", "not_possible", _("%(name)s不能接手这一类。") % {"name": wrong.name})
    if not takers:
        raise Invalid.one("takers", "required", _("请选择接手的同事。"))
    return list(takers)


def _shares(ids: Sequence[int], takers: Sequence[User]) -> list[tuple[User, list[int]]]:
    """In turn, so that everybody gets as much as the others."""
    shares = [(taker, list(ids[place :: len(takers)])) for place, taker in enumerate(takers)]
    return [(taker, share) for taker, share in shares if share]


def _noted(
    departure: Departure, holding: Holding, taker: User | None, ids: Sequence[int], reason: str, by: User, at: datetime
) -> WorkHandover:
    why = reason.strip()[:200]
    if not why:
        raise Invalid.one("reason", "required", _("请写明原因。"))
    return WorkHandover.objects.create(
        departure=departure, code=holding.code, taker=taker, ids=list(ids), reason=why, by=by, at=at
    )


def _record(verb: str, departure: Departure, by: User, at: datetime, code: str, count: int, reason: str) -> None:
    record(
        f"people.departure.{verb}", by=by, at=at, subject=Subject(KIND, departure.pk), node_id=departure.node_id,
        changes={"what": (None, code), "count": (None, count)}, reason=reason,
    )  # fmt: skip
