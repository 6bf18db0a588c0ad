"""Setting goods aside for a record of an upper module until they leave, and giving way when they turn out not to be there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.rules import Permission
from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.events.bus import announce
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import hold_goods, lock_balances, shelves
from kefu.stock.choices import ReservationState
from kefu.stock.choosing import Pick, Wanted, choose, demanded
from kefu.stock.events import ReservationLost
from kefu.stock.models import Balance, Reservation, Warehouse
from kefu.stock.queries import destroyed_reservations, place_of

_RESERVE = """
    UPDATE stock_balance balance SET reserved = balance.reserved + entry.change
    FROM unnest(%s::bigint[], %s::integer[]) AS entry(id, change) WHERE balance.id = entry.id
"""


@within_action
def reserve(
    *,
    warehouse: Warehouse,
    lines: Wanted,
    subject: Subject,
    permission: Permission,
    by: User,
    at: datetime,
    picks: Sequence[Pick] = (),
    to_branch: bool = False,
) -> list[Reservation]:
    """Set packs aside of the lots that would leave, for a record of the calling module's action, under that module's `permission`.

    Refusals as in `post_issue`. Nobody else can take them before they are issued or released.
    """
    require(by, permission, node_id=warehouse.node_id)
    products, demand = demanded(lines, picks)
    held = shelves(warehouse, demand, timezone.localdate(at), to_branch=to_branch)
    takes, reasons = choose(held, products, demand, picks, warehouse, by)
    _change({take.shelf.balance_id: take.packs for take in takes})
    return Reservation.objects.bulk_create(
        Reservation(
            balance_id=take.shelf.balance_id, packs=take.packs, reason=reasons.get(take.shelf.lot_id, ""),
            subject_kind=subject.kind, subject_id=subject.id, by=by, at=at,
        )
        for take in takes
    )  # fmt: skip


@within_action
def reserve_available(
    *,
    warehouse: Warehouse,
    lines: Wanted,
    subject: Subject,
    customer_id: int | None,
    permission: Permission,
    by: User,
    at: datetime,
) -> dict[int, int]:
    """Set aside as many packs as are free of each product, and answer by product id how many are missing.

    The right must hold where the goods are kept, or at the customer's node when this warehouse serves it.
    """  # fmt: skip
    require(by, permission, node_id=place_of(warehouse, customer_id))
    products, demand = demanded(lines, ())
    held = shelves(warehouse, demand, timezone.localdate(at))
    free: Counter[int] = Counter()
    for shelf in held:
        free[shelf.product_id] += shelf.quantity
    takable = {pk: min(packs, free[pk]) for pk, packs in demand.items() if free[pk]}
    takes, _reasons = choose(held, {pk: products[pk] for pk in takable}, takable, (), warehouse, by)
    _change({take.shelf.balance_id: take.packs for take in takes})
    Reservation.objects.bulk_create(
        Reservation(balance_id=take.shelf.balance_id, packs=take.packs, subject_kind=subject.kind, subject_id=subject.id, by=by, at=at)
        for take in takes
    )  # fmt: skip
    return {pk: packs - takable.get(pk, 0) for pk, packs in demand.items() if packs > takable.get(pk, 0)}


@within_action
def set_apart(*, balance: Balance, packs: int, subject: Subject, by: User, at: datetime) -> Reservation:
    """Set packs of a held balance aside whatever their state, so that nobody takes or moves them. The caller has checked that so many are free."""
    _change({balance.pk: packs})
    return Reservation.objects.create(
        balance=balance, packs=packs, subject_kind=subject.kind, subject_id=subject.id, by=by, at=at
    )


@within_action
def keep_only(*, subject: Subject, packs: Mapping[int, int], at: datetime) -> None:
    """Put back what is set aside for a record beyond so many packs of each product (by id), the latest first."""
    rows = _open(subject).filter(balance__product__in=packs)
    lock_balances(row.balance_id for row in rows)
    beyond = {pk: -most for pk, most in packs.items()}
    held = list(rows.all().select_for_update(of=("self",), no_key=True).order_by("-pk"))
    for row in held:
        beyond[row.balance.product_id] += row.packs
    for row in held:
        lost = min(row.packs, max(0, beyond[row.balance.product_id]))
        if lost:
            beyond[row.balance.product_id] -= lost
            _shorten(row, lost, at)


@within_action
def give_what_is_set_aside(*, warehouse: Warehouse, products: Iterable[int], subject: Subject, at: datetime) -> None:
    """Free what is set aside of these products for a record whose goods leave now, with all balances held that it may leave from."""
    wanted = list(products)
    mine = _open(subject).filter(balance__product__in=wanted)
    places = set(mine.values_list("balance__warehouse", flat=True))
    if places:
        hold_goods({warehouse.pk, *places}, wanted)
        _finish(mine, ReservationState.ISSUED, at)


@within_action
def release(*, subject: Subject, at: datetime) -> list[Reservation]:
    """Put back what is set aside for a record; answers it."""
    return _end(subject, ReservationState.RELEASED, at)


@within_action
def take_out(*, subject: Subject, at: datetime) -> list[Reservation]:
    """What is set aside for a record, no longer reserved and its balances held: the caller books it out in the same transaction."""
    return _end(subject, ReservationState.ISSUED, at)


@within_action
def put_back(*, reservation: Reservation, packs: int, at: datetime) -> None:
    """Put a part of what is set aside back, because whoever came for it will not take it. Raises Refused "stock_short" for more than there is."""
    lock_balances([reservation.balance_id])
    open_now = Reservation.objects.select_for_update(no_key=True).filter(state=ReservationState.OPEN)
    row = open_now.filter(pk=reservation.pk).first()
    if row is None or row.packs < packs:
        raise Refused("stock_short", _("留的货已经没有这么多了，请刷新再看"))
    _shorten(row, packs, at)


@within_action
def give_way(*, balance: Balance, packs: int, by: User, at: datetime) -> None:
    """Take packs of a held balance away from those they are set aside for, the latest first, as far as the free ones do not suffice.

    For facts only (a count, a breakage, a recall); each record hears of it by `ReservationLost`. Packs that were destroyed and wait to be
    written off stay with their request: nobody can find them, or miss them.
    """
    missing = packs - balance.free
    latest = Reservation.objects.select_for_update(no_key=True).filter(balance=balance, state=ReservationState.OPEN)
    latest = latest.exclude(pk__in=destroyed_reservations().values("pk"))
    for row in latest.order_by("-pk") if missing > 0 else ():
        lost = min(row.packs, missing)
        _shorten(row, lost, at)
        announce(ReservationLost(row.subject_kind, row.subject_id, balance.product_id, lost, by, at))
        missing -= lost
        if not missing:
            break


def _shorten(row: Reservation, lost: int, at: datetime) -> None:
    """The lost packs become a released row of their own, so what was set aside once can still be read."""
    _change({row.balance_id: -lost})
    if lost == row.packs:
        row.state, row.ended_at = ReservationState.RELEASED, at
        row.save(update_fields=["state", "ended_at"])
        return
    row.packs -= lost
    row.save(update_fields=["packs"])
    row.pk, row.packs, row.state, row.ended_at = None, lost, ReservationState.RELEASED, at
    row._state.adding = True
    row.save()


def _open(subject: Subject) -> QuerySet[Reservation]:
    rows = Reservation.objects.filter(subject_kind=subject.kind, subject_id=subject.id, state=ReservationState.OPEN)
    return rows.select_related("balance__lot", "balance__zone", "balance__product")


def _end(subject: Subject, state: ReservationState, at: datetime) -> list[Reservation]:
    return _finish(_open(subject), state, at)


def _finish(rows: QuerySet[Reservation], state: ReservationState, at: datetime) -> list[Reservation]:
    lock_balances(row.balance_id for row in rows)
    ended = list(rows.all().select_for_update(of=("self",), no_key=True).order_by("balance_id", "pk"))
    for row in ended:
        row.state, row.ended_at = state, at
    Reservation.objects.bulk_update(ended, ["state", "ended_at"])
    _change(_less(ended))
    return ended


def _less(rows: Iterable[Reservation]) -> Mapping[int, int]:
    packs: Counter[int] = Counter()
    for row in rows:
        packs[row.balance_id] -= row.packs
    return packs


def _change(changes: Mapping[int, int]) -> None:
    if changes:
        with connection.cursor() as cursor:
            cursor.execute(_RESERVE, [list(changes), list(changes.values())])
