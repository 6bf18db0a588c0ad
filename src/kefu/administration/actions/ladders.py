"""Which roles stand at which level of a ladder of approval (ORG-014). Requests on their way keep the ladder they were asked by."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import require
from kefu.foundation.approvals.models import Ladder, LadderLevel
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Refused
from kefu.organisation.models import Role, User

LEAST = 2
"""Somebody asks, somebody decides."""


@action
def place_role(*, ladder: Ladder, role: Role, position: int, by: User, at: datetime) -> None:
    """Put a role at a level, counted from 0; a position beyond the last makes a new level on top. A role stands on a ladder once.

    Raises Refused `two_levels` when the level it leaves would be missing.
    """
    require(by, AdministrationPermission.ROLE_EDIT)
    held = _locked(ladder)
    found = held.levels.filter(role=role).first()
    levels = sorted({one.position for one in held.levels.exclude(role=role)})
    wanted = min(max(position, 0), levels[-1] + 1 if levels else 0)
    before = found.position if found else None
    if before == wanted:
        return nothing_changed()
    LadderLevel.objects.update_or_create(ladder=held, role=role, defaults={"position": wanted})
    _close_ranks(held)
    return _record("placed", held, role, by, at, before, wanted)


@action
def take_role_off(*, ladder: Ladder, role: Role, by: User, at: datetime) -> None:
    """Let a role stand on a ladder no more; a level left empty goes. Raises Refused `two_levels`."""
    require(by, AdministrationPermission.ROLE_EDIT)
    held = _locked(ladder)
    found = held.levels.filter(role=role).first()
    if found is None:
        return nothing_changed()
    found.delete()
    _close_ranks(held)
    return _record("taken_off", held, role, by, at, found.position, None)


def _locked(ladder: Ladder) -> Ladder:
    return Ladder.objects.select_for_update(no_key=True).get(pk=ladder.pk)


def _close_ranks(ladder: Ladder) -> None:
    """Number the levels without gaps."""
    kept = sorted(set(ladder.levels.values_list("position", flat=True)))
    if len(kept) < LEAST:
        raise Refused("two_levels", _("至少要有两级：下级请示，上级批示。"))
    for number, position in enumerate(kept):
        if number != position:
            ladder.levels.filter(position=position).update(position=number)


def _record(
    verb: str, ladder: Ladder, role: Role, by: User, at: datetime, before: int | None, after: int | None
) -> None:
    record(f"administration.ladder.{verb}", by=by, at=at, subject=Subject("ladder", ladder.pk),
           changes={"ladder": (ladder.code, ladder.code), "role": (role.code, role.code), "level": (before, after)})  # fmt: skip
