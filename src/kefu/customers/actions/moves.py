"""Customers move to another place in bulk: chosen, looked through, started, carried over in portions (ORG-013)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import MoveResult, MoveState
from kefu.customers.details import read_reason
from kefu.customers.limits import MOVE_MOST
from kefu.customers.models import MovedCustomer, MovedStaff, TerritoryMove
from kefu.customers.owners import check_owners
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.listing import CustomerFilter
from kefu.customers.queries.moves import chosen, movers, roles_to_move
from kefu.customers.sentences import MOVE_STOPPED, PLACE_CLOSED, ROLES_TO_MOVE
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record, within_action
from kefu.foundation.jobs.defer import defer
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Grant, Node, User

KIND = "customers.territory_move"
MOVE = CustomerPermission.TERRITORY_MOVE
NAMED = 10
"""How many unknown numbers a message names."""


@dataclass(frozen=True)
class Chosen:
    """Which customers of the place: those a filter lets through, or those with these archive numbers."""

    narrow: CustomerFilter = field(default_factory=CustomerFilter)
    numbers: tuple[str, ...] = ()


@action
def prepare_move(
    *,
    source: Node,
    target: Node,
    on: date,
    reason: str,
    chosen_by: Chosen | None = None,
    doctor: User | None = None,
    health_manager: User | None = None,
    staff: Sequence[Grant] = (),
    by: User,
    at: datetime,
) -> TerritoryMove:
    """Choose customers of a place who are to belong to another from a day on, who takes over from owners who stay behind, and whose roles
    move along. Nothing moves yet.

    Raises Forbidden, OutOfScope, Invalid (`source`, `target`, `on`, `reason`, `numbers`, `doctor`, `health_manager`, `staff`) (ORG-013).
    """
    for place in (source, target):
        require(by, MOVE, node_id=place.pk)
    why, given = read_reason(reason, _("请写明划转的原因。")), chosen_by or Chosen()
    coming = {grant.user_id for grant in staff}
    _check(source, target, on, staff, at)
    _check_owners(target, doctor, health_manager, coming)
    narrow = replace(given.narrow, node=source.pk, on=timezone.localdate(at))
    ids = _ids(by, narrow, given.numbers, at)
    move = TerritoryMove.objects.create(
        source=source, target=target, on=on, reason=why, narrow=_kept(narrow, given.numbers), doctor=doctor,
        health_manager=health_manager, made_by=by, made_at=at,
    )  # fmt: skip
    MovedCustomer.objects.bulk_create((MovedCustomer(move=move, customer_id=pk) for pk in ids), batch_size=1000)
    MovedStaff.objects.bulk_create(MovedStaff(move=move, user_id=one.user_id, role_id=one.role_id) for one in staff)
    note("prepared", move, by, at, {"customers": (None, len(ids)), "staff": (None, len(staff))}, why)
    if staff:
        _ask_for_roles(move, len(staff), at)
    return move


@action
def start_move(*, move: TerritoryMove, by: User, at: datetime) -> TerritoryMove:
    """Let it happen: at once, or when its day begins; one that stopped goes on.

    Raises Refused `not_open`, `closed`, `roles_first`, Forbidden, OutOfScope.
    """
    held = locked_move(move, by)
    before = held.state
    if before not in (MoveState.DRAFT, MoveState.STOPPED):
        raise Refused("not_open", _("这次划转已经确认或作废。"))
    if before == MoveState.DRAFT and held.target.closed_on is not None:
        raise Refused("closed", str(PLACE_CLOSED(place=held.target)))
    if roles_to_move(held).exists():
        raise Refused("roles_first", _("还有岗位没有调动，请管理员先办。"))
    later = held.on > timezone.localdate(at)
    held.state, held.started_by, held.started_at = MoveState.WAITING if later else MoveState.RUNNING, by, at
    held.save(update_fields=["state", "started_by", "started_at"])
    morning = timezone.make_aware(datetime.combine(held.on, time())) if later else None
    defer("customers.move", move_id=held.pk, schedule_at=morning)
    note("started", held, by, at, {"on": (None, held.on), "state": (before, held.state)})
    return held


@action
def stop_move(*, move: TerritoryMove, by: User, at: datetime) -> None:
    """Whoever confirmed the move, or its undo, has lost the right meanwhile: nobody else moves until somebody who has it confirms again (ORG-013)."""
    held = TerritoryMove.objects.select_for_update(of=("self",), no_key=True).get(pk=move.pk)
    before = held.state
    if before == MoveState.UNDOING:
        held.state, held.undone_by, held.undone_at, held.undone_reason = MoveState.DONE, None, None, ""
    elif before in (MoveState.WAITING, MoveState.RUNNING):
        begun = held.customers.exclude(result=MoveResult.WAITING).exists()
        held.state = MoveState.STOPPED if begun else MoveState.DRAFT
    else:
        nothing_changed()
        return
    held.save(update_fields=["state", "undone_by", "undone_at", "undone_reason"])
    note("stopped", held, by, at, {"state": (before, held.state)})
    words, link = MOVE_STOPPED(source=held.source, target=held.target), f"/territory-moves/{held.pk}/"
    tell(users=movers(held), code="customers.moving.stopped", at=at, text=words, link=link)


@action
def discard_move(*, move: TerritoryMove, by: User, at: datetime) -> None:
    """Nothing comes of it; roles that moved already stay where they are until somebody returns them. Raises Refused `not_open`."""
    held = locked_move(move, by)
    if held.state not in (MoveState.DRAFT, MoveState.WAITING):
        raise Refused("not_open", _("划转已经开始，不能作废；完成后可以撤销。"))
    before, held.state = held.state, MoveState.DISCARDED
    held.save(update_fields=["state"])
    note("discarded", held, by, at, {"state": (before, held.state)})


@within_action
def locked_move(move: TerritoryMove, by: User) -> TerritoryMove:
    """The move, locked before its customers. Raises Forbidden, OutOfScope unless the right reaches both places."""
    rows = TerritoryMove.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("source", "target", "doctor", "health_manager", "started_by", "undone_by").get(
        pk=move.pk
    )
    for place_id in (held.source_id, held.target_id):
        require(by, MOVE, node_id=place_id)
    return held


@within_action
def note(verb: str, move: TerritoryMove, by: User, at: datetime, changes: dict[str, Change], reason: str = "") -> None:
    """The move's own row of the trail; every customer has one besides."""
    record(f"customers.move.{verb}", by=by, at=at, subject=Subject(KIND, move.pk), node_id=move.source_id,
           changes={"target": (None, move.target_id), **changes}, reason=reason)  # fmt: skip


def _check(source: Node, target: Node, on: date, staff: Sequence[Grant], at: datetime) -> None:
    errors = []
    if source.pk == target.pk:
        errors.append(FieldError("target", "same", _("请选择另一个机构。")))
    elif target.closed_on is not None or target.kind in (NodeKind.HEAD_OFFICE, NodeKind.DEPARTMENT):
        errors.append(FieldError("target", "not_a_centre", _("请选择营业中的分中心。")))
    if on < timezone.localdate(at):
        errors.append(FieldError("on", "past", _("生效日期不能早于今天。")))
    if any(grant.node_id != source.pk for grant in staff):
        errors.append(FieldError("staff", "not_here", _("只能调原机构的岗位。")))
    if errors:
        raise Invalid(errors)


def _check_owners(target: Node, doctor: User | None, health_manager: User | None, coming: set[int]) -> None:
    """Who takes over works at the new place, or comes along."""
    there = [None if person and person.pk in coming else person for person in (doctor, health_manager)]
    if wrong := check_owners(target, *there):
        raise Invalid(wrong)


def _ids(by: User, narrow: CustomerFilter, numbers: Sequence[str], at: datetime) -> list[int]:
    found = chosen(by, narrow)
    if numbers:
        found = found.filter(archive_number__in=numbers)
        known = set(found.values_list("archive_number", flat=True))
        if unknown := [number for number in numbers if number not in known]:
            some = "、".join(unknown[:NAMED])
            raise Invalid.one("numbers", "unknown", _("原机构没有这些档案号：%(numbers)s") % {"numbers": some})
    ids = list(found.order_by("pk").values_list("pk", flat=True)[: MOVE_MOST.on(at) + 1])
    if not ids:
        raise Invalid.one("source", "nobody", _("没有符合条件的客户。"))
    if len(ids) > MOVE_MOST.on(at):
        raise Invalid.one(
            "source", "too_many", _("一次最多划转 %(most)s 位，请加条件分几次办。") % {"most": MOVE_MOST.on(at)}
        )
    return ids


def _kept(narrow: CustomerFilter, numbers: Sequence[str]) -> dict[str, object]:
    given = {name: value for name, value in asdict(narrow).items() if value and name not in ("node", "on")}
    return given | ({"numbers": len(numbers)} if numbers else {})


def _ask_for_roles(move: TerritoryMove, count: int, at: datetime) -> None:
    words = ROLES_TO_MOVE(source=move.source, target=move.target, count=count)
    tell(
        users=colleagues_with("admin", move.source_id),
        code="customers.moving.roles",
        at=at,
        text=words,
        link=f"/territory-moves/{move.pk}/",
    )
