"""Closing the day of a desk: counted against the book, a difference explained, the float taken over by another person (gap 23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.billing.actions.desks import hold_desk
from kefu.billing.choices import NOTES, Method
from kefu.billing.limits import CLOSE_DIFFERENCE, CLOSE_FLOAT
from kefu.billing.models import CloseCash, CloseLine, DayClose, Desk
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.closes import day_to_close, expected_of, float_of, keeps_books, unfinished
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Forbidden, Invalid, Refused
from kefu.kernel.money import ZERO, show, total, yuan
from kefu.organisation.models import User

KIND = "billing.day_close"
MOST, LONGEST = 100_000, 200
SHOWN = 10


@dataclass(frozen=True)
class Counted:
    """What somebody counted: pieces by value of note or coin, and for each other way of paying the amount and number of its slips."""

    cash: Mapping[Decimal, int]
    others: Mapping[str, tuple[Decimal, int]]
    left: Decimal
    opening: Decimal | None = None

    @property
    def drawer(self) -> Decimal:
        """What the notes and coins come to."""
        return total((value, pieces) for value, pieces in self.cash.items())

    def of(self, method: Method) -> tuple[Decimal, int | None]:
        """Amount and slips of one way of paying; cash has no slips."""
        if method == Method.CASH:
            return self.drawer, None
        return self.others.get(method.value, (ZERO, 0))


@action
def close_day(
    *,
    desk: Desk,
    counted: Counted,
    day: date | None = None,
    reason: str = "",
    carry: bool = False,
    by: User,
    at: datetime,
) -> DayClose:
    """Close the oldest business day of a desk that is not closed. What is booked afterwards belongs to the next day.

    A difference needs a `reason`; above the limits `billing.close_difference` and `billing.close_float` a second person must confirm it and
    take the float over. `carry` leaves agreed refunds nobody fetched to the next day. Raises Invalid (cash, amounts, slips, left, opening,
    reason), Refused `nothing_to_close`, `day_closed`, `other_day` with the day whose turn it is, `not_confirmed`, `unfinished` with the list.
    """
    require(by, BillingPermission.DAY_CLOSE, node_id=desk.node_id)
    _check(counted, reason)
    held = hold_desk(desk)
    turn = _turn(held, day, at)
    waiting = [] if carry else [one.payment.number for one in unfinished(held)]
    if waiting:
        message = _("还有批准了没付的退款：%(receipts)s。先付款或放弃，或者选“转到下一天”。")
        raise Refused("unfinished", message % {"receipts": "、".join(waiting[:SHOWN])}, {"receipts": waiting})
    opening = _opening(held, counted)
    lines = _lines(held, turn, opening, counted)
    differs = any(line.difference or line.missing for line in lines)
    if differs and not reason.strip():
        raise Invalid.one("reason", "required", _("%(differences)s，请写明原因") % {"differences": _told(lines)})
    apart = sum((abs(line.difference) for line in lines), ZERO)
    two = apart > CLOSE_DIFFERENCE.on(at, node_id=held.node_id) or counted.left > CLOSE_FLOAT.on(
        at, node_id=held.node_id
    )
    made = _kept(DayClose(
        number=_number(held, at), desk=held, day=turn, opening=opening, left=counted.left, carried=unfinished(held).count(),
        reason=reason.strip() if differs else "", two_people=two, by=by, at=at,
    ), lines, counted)  # fmt: skip
    said = {"number": made.number, "day": turn, "difference": sum((line.difference for line in lines), ZERO)}
    _tell("closed", made, by, at, said, made.reason)
    return made


@action
def confirm_close(*, close: DayClose, by: User, at: datetime) -> DayClose:
    """Confirm what a colleague counted and take the float over.

    Raises Refused `same_person` for who closed, `reopened`, `confirmed` the second time.
    """
    require(by, BillingPermission.DAY_CLOSE, node_id=close.desk.node_id)
    held = _held(close)
    if held.by_id == by.pk:
        raise Refused("same_person", _("做日结的人不能自己接班，请另一位同事确认。"))
    if held.reopened_at is not None:
        raise Refused("reopened", _("这张日结单已经重开，请看新的一张。"))
    if held.confirmed_at is not None:
        raise Refused(
            "confirmed", _("%(name)s 已经确认接班。") % {"name": held.confirmed_by and held.confirmed_by.name}
        )
    held.confirmed_by, held.confirmed_at = by, at
    held.save(update_fields=["confirmed_by", "confirmed_at"])
    _tell("confirmed", held, by, at, {"left": held.left})
    return held


@action
def reopen_day(*, close: DayClose, reason: str, by: User, at: datetime) -> DayClose:
    """Open the last closed day of a desk again, by finance and for a reason; the row stays, closing again makes another.

    Raises Invalid (reason), Forbidden for anybody but finance, Refused `reopened`, `later_closed`.
    """
    require(by, BillingPermission.DAY_CLOSE, node_id=close.desk.node_id)
    if not keeps_books(by, close.desk.node_id):
        raise Forbidden("no_right", _("只有财务可以重开已经日结的一天。"))
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise Invalid.one("reason", "required", _("请写明重开的原因，最多 200 个字"))
    held = _held(close)
    if held.reopened_at is not None:
        raise Refused("reopened", _("这张日结单已经重开。"))
    if DayClose.objects.standing().filter(desk=held.desk_id, day__gt=held.day).exists():
        raise Refused("later_closed", _("后面的日子已经日结，请先重开后面的。"))
    held.reopened_by, held.reopened_at, held.reopened_why = by, at, reason
    held.save(update_fields=["reopened_by", "reopened_at", "reopened_why"])
    _tell("reopened", held, by, at, {"day": held.day}, reason)
    return held


def _held(close: DayClose) -> DayClose:
    """The close, locked after its desk, so that nobody closes or books meanwhile."""
    hold_desk(close.desk)
    rows = DayClose.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("desk__node", "confirmed_by").get(pk=close.pk)


def _turn(desk: Desk, day: date | None, at: datetime) -> date:
    """The day to close: the oldest one that is not closed. Of the running day nothing need have been booked."""
    turn = day_to_close(desk, at)
    if turn > timezone.localdate(at) and day in (None, turn):
        raise Refused("nothing_to_close", _("今天已经日结过了；之后收的钱算下一天，到那天再做。"))
    if day is not None and day != turn:
        if day < turn:
            raise Refused("day_closed", _("%(day)s 已经日结过了。") % {"day": day.isoformat()})
        message = _("%(day)s 还没有日结，请先做那一天。") % {"day": turn.isoformat()}
        raise Refused("other_day", message, {"day": turn.isoformat()})
    before = DayClose.objects.standing().filter(desk=desk, two_people=True, confirmed_at__isnull=True).first()
    if before is not None:
        message = _("上一张日结单 %(number)s 还没有第二个人确认，请先确认。") % {"number": before.number}
        raise Refused("not_confirmed", message, {"close": before.number})
    return turn


def _check(counted: Counted, reason: str) -> None:
    errors = []
    if any(value not in NOTES for value in counted.cash):
        errors.append(FieldError("cash", "invalid_choice", _("没有这种面额")))
    if any(not 0 <= pieces <= MOST for pieces in counted.cash.values()):
        errors.append(FieldError("cash", "min_value", _("张数要在 0 到 100000 之间")))
    for method, (amount, slips) in counted.others.items():
        if method not in Method.values or method == Method.CASH:
            errors.append(FieldError("others", "invalid_choice", _("没有这种收款方式")))
        if not amount.is_finite() or amount != yuan(amount):
            errors.append(FieldError("others", "fraction", _("金额最多两位小数")))
        if not 0 <= slips <= MOST:
            errors.append(FieldError("others", "min_value", _("凭证张数要在 0 到 100000 之间")))
    for name, money in (("left", counted.left), ("opening", counted.opening)):
        if money is not None and (not money.is_finite() or money < 0 or money != yuan(money)):
            errors.append(FieldError(name, "min_value", _("备用金不能小于 0，最多两位小数")))
    if not errors and counted.left > counted.drawer:
        message = _("实点现金只有 %(drawer)s，留不下这么多") % {"drawer": show(counted.drawer)}
        errors.append(FieldError("left", "max_value", message))
    if len(reason.strip()) > LONGEST:
        errors.append(FieldError("reason", "too_long", _("差额原因最多 200 个字")))
    if errors:
        raise Invalid(errors)


def _opening(desk: Desk, counted: Counted) -> Decimal:
    """The float of the morning: what the last close left; at a desk that was never closed, what is entered."""
    left = float_of(desk)
    if left is not None and counted.opening not in (None, left):
        message = _("上次日结留下的备用金是 %(left)s") % {"left": show(left)}
        raise Invalid.one("opening", "invalid", message)
    if left is None and counted.opening is None:
        raise Invalid.one("opening", "required", _("这个台第一次日结，请填开台时的备用金"))
    return left if left is not None else counted.opening or ZERO


def _lines(desk: Desk, day: date, opening: Decimal, counted: Counted) -> list[CloseLine]:
    found = []
    for one in expected_of(desk, day):
        amount, slips = counted.of(one.method)
        cash = one.method == Method.CASH
        found.append(
            CloseLine(
                method=one.method, expected=one.amount + (opening if cash else ZERO), counted=amount, booked=one.booked, slips=slips
            )
        )  # fmt: skip
    return found


def _told(lines: list[CloseLine]) -> str:
    words = []
    for line in lines:
        if line.difference:
            words.append(
                _("%(method)s差额 %(amount)s") % {"method": line.get_method_display(), "amount": show(line.difference)}
            )
        elif line.missing:
            words.append(
                _("%(method)s凭证差 %(slips)s 张") % {"method": line.get_method_display(), "slips": abs(line.missing)}
            )
    return "、".join(words)


def _kept(close: DayClose, lines: list[CloseLine], counted: Counted) -> DayClose:
    """The close with its lines; the unique index has the last word on a day that two people close."""
    try:
        with transaction.atomic():
            close.save(force_insert=True)
    except IntegrityError as error:
        if DayClose.objects.standing().filter(desk=close.desk, day=close.day).exists():
            raise Refused("day_closed", _("同事刚做完这一天的日结。")) from error
        raise
    for line in lines:
        line.close = close
    CloseLine.objects.bulk_create(lines)
    pieces = [(value, many) for value, many in counted.cash.items() if many]
    CloseCash.objects.bulk_create(CloseCash(close=close, value=value, pieces=many) for value, many in pieces)
    return close


def _number(desk: Desk, at: datetime) -> str:
    """Day closes are numbered by place and year, without gaps."""
    return Series(f"billing.day_close:{desk.node_id}", f"RJ-{desk.node.code}-").issue(at)


def _tell(verb: str, close: DayClose, by: User, at: datetime, said: Mapping[str, object], reason: str = "") -> None:
    record(f"billing.day.{verb}", by=by, at=at, subject=Subject(KIND, close.pk), node_id=close.desk.node_id, reason=reason,
           changes={name: (None, value) for name, value in said.items()})  # fmt: skip
