"""Somebody acts for an absent colleague, once he or she has accepted."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.assignments.actions import offer, withdraw
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.assignments.queries import open_offers
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import StandIn, User

KIND = "stand_in"
SUBJECT = "organisation.stand_in"


@action
def offer_stand_in(
    *,
    absent: User,
    substitute: User,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    at: datetime,
) -> StandIn:
    """Ask a colleague to act for somebody from a moment until before another; nothing changes until he or she accepts.

    People ask for themselves; whoever makes the rota asks for others, and may step in personally without being asked.
    Raises Forbidden, OutOfScope, Invalid (`substitute`, `ends_at`, `reason`), Refused `already_offered`.
    """
    if by.pk != absent.pk:
        require(by, AdministrationPermission.STAND_IN_ARRANGE, node_id=absent.node_id)
    _check(absent, substitute, starts_at, ends_at, reason, at)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=absent.pk)
    running = StandIn.objects.filter(absent=absent, substitute=substitute, ended_at__isnull=True)
    if running.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise Refused("already_offered", _("这段时间已经请过%(name)s代班了。") % {"name": substitute.name})
    stand_in = StandIn.objects.create(
        absent=absent, substitute=substitute, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()
    )
    _record("offered", stand_in, by, at, reason.strip())
    if by.pk == substitute.pk:
        _accept(stand_in, by, at)
    else:
        offer(
            kind=KIND, subject=Subject(SUBJECT, stand_in.pk), to=substitute, title=_title(stand_in), reason=reason,
            node_id=absent.node_id, by=by, at=at,
        )  # fmt: skip
    return stand_in


@action
def end_stand_in(*, stand_in: StandIn, by: User, at: datetime) -> None:
    """End a stand-in early, or take it back before it is accepted: the absent person, the substitute or the rota's maker."""
    if by.pk not in (stand_in.absent_id, stand_in.substitute_id) and not allowed(
        by, AdministrationPermission.STAND_IN_ARRANGE, node_id=stand_in.absent.node_id
    ):
        raise OutOfScope()
    # The offer before what is offered, as whoever accepts it does.
    waiting = open_offers(Subject(SUBJECT, stand_in.pk)).filter(offered_by=by)
    withdrawn = list(waiting.select_for_update(of=("self",), no_key=True).order_by("pk"))
    locked = StandIn.objects.select_for_update(of=("self",), no_key=True).get(pk=stand_in.pk)
    if locked.ended_at is not None or locked.ends_at <= at:
        return nothing_changed()
    locked.ended_at = at
    locked.save(update_fields=["ended_at"])
    for offered in withdrawn:
        withdraw(assignment=offered, by=by, at=at)
    return _record("ended", locked, by, at)


@within_action
def lapse_stand_in(*, stand_in: StandIn, by: User, at: datetime) -> None:
    """End a stand-in because one of the two leaves; who leaves and by whose word, the caller has checked."""
    locked = StandIn.objects.select_for_update(of=("self",), no_key=True).select_related("absent").get(pk=stand_in.pk)
    if locked.ended_at is None:
        locked.ended_at = at
        locked.save(update_fields=["ended_at"])
        _record("ended", locked, by, at)


@within_action
def take_over(assignment: Assignment, by: User, at: datetime) -> None:
    """What accepting the offer does. Raises Refused `over` when the time has passed or the offer was taken back."""
    stand_in = StandIn.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.subject_id)
    if stand_in.ended_at is not None or stand_in.ends_at <= at:
        raise Refused("over", _("这次代班已经取消或过期，不用接了。"))
    _accept(stand_in, by, at)


def _accept(stand_in: StandIn, by: User, at: datetime) -> None:
    stand_in.accepted_at = at
    stand_in.save(update_fields=["accepted_at"])
    _record("accepted", stand_in, by, at)


def _check(absent: User, substitute: User, starts_at: datetime, ends_at: datetime, reason: str, at: datetime) -> None:
    if substitute.pk == absent.pk or substitute.is_system or not substitute.is_active:
        raise Invalid.one("substitute", "not_possible", _("请选择另一位在职的同事。"))
    if ends_at <= starts_at:
        raise Invalid.one("ends_at", "order", _("结束时间要晚于开始时间。"))
    if ends_at <= at:
        raise Invalid.one("ends_at", "past", _("这段时间已经过去了。"))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因，例如请假、外出。"))


def _title(stand_in: StandIn) -> str:
    """For whom and when; that it is about standing in, the kind says in the reader's language."""
    starts, ends = timezone.localtime(stand_in.starts_at), timezone.localtime(stand_in.ends_at)
    return f"{stand_in.absent.name} {starts:%m-%d %H:%M} – {ends:%m-%d %H:%M}"


def _record(verb: str, stand_in: StandIn, by: User, at: datetime, reason: str = "") -> None:
    record(
        f"administration.stand_in.{verb}", by=by, at=at, subject=Subject(SUBJECT, stand_in.pk),
        node_id=stand_in.absent.node_id, reason=reason,
        changes={
            "absent": (None, stand_in.absent_id),
            "substitute": (None, stand_in.substitute_id),
            "starts_at": (None, stand_in.starts_at),
            "ends_at": (None, stand_in.ends_at),
        },
    )  # fmt: skip
