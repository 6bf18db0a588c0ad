"""Reconciling a week of a centre: confirmed against deducted, differences settled by counter entries once a second person agreed (CUS-029)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.prepaid_ledger import book, hold_prepaid, hold_week
from kefu.billing.checking import LONGEST, MOST, check_words
from kefu.billing.choices import EntryKind, Witness
from kefu.billing.models import PrepaidWeek, PrepaidWeekLine
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.weeks import Used, reconciled_by, used_in
from kefu.billing.rules import week_of
from kefu.customers.holding import hold_usable
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, OutOfScope, Refused
from kefu.organisation.models import Node, User

KIND = "billing.prepaid_week"


@dataclass(frozen=True)
class Found:
    """What somebody confirmed of a package: units, who said so, and why it is not what was deducted."""

    units: int
    witness: str = Witness.CUSTOMER
    note: str = ""


@action
def reconcile_week(*, node: Node, monday: date, found: Mapping[int, Found], by: User, at: datetime) -> PrepaidWeek:
    """Write down what was confirmed of every package a centre deducted from in a week; afterwards nothing more is deducted for it.

    `found` goes by the id of the package. With differences the sheet waits for a second person, who settles them. Raises Invalid
    (monday, found), Refused `nothing_to_reconcile`, `week_closed`, `changed` where a colleague deducted meanwhile (CUS-029).
    """
    _require(node.pk, by)
    if monday != week_of(monday) or monday > timezone.localdate(at):
        raise Invalid.one("monday", "invalid", _("请选已经开始的一周的周一"))
    hold_week(node.pk, alone=True)
    known = PrepaidWeek.objects.standing().filter(node=node, monday=monday).first()
    if known is not None:
        raise Refused("week_closed", _("这一周已经对过课（%(number)s）。") % {"number": known.number})
    used = used_in(node.pk, monday)
    _check(used, found)
    lines = [_line(one, found[one.prepaid.pk]) for one in used]
    made = PrepaidWeek.objects.create(
        number=Series(f"billing.prepaid_week:{node.pk}", f"DK-{node.code}-").issue(at), node=node, monday=monday,
        two_people=any(line.difference for line in lines), by=by, at=at,
    )  # fmt: skip
    for line in lines:
        line.week = made
    PrepaidWeekLine.objects.bulk_create(lines)
    apart = sum(abs(line.difference) for line in lines)
    _tell("reconciled", made, by, at, {"monday": (None, monday), "difference": (None, apart)})
    return made


@action
def confirm_week(*, week: PrepaidWeek, by: User, at: datetime) -> PrepaidWeek:
    """Confirm the differences a colleague found: each is settled by a counter entry of today, but for customers whose data rests.

    Raises Refused `same_person` for who wrote the sheet, `dropped`, `confirmed`, `no_difference`, `changed` where a deduction was put right
    meanwhile, `not_enough` (CUS-029).
    """
    _require(week.node_id, by)
    lines = [line for line in week.lines.select_related("prepaid").order_by("prepaid_id") if line.difference]
    usable = hold_usable(*{line.prepaid.customer_id for line in lines})
    lines = [line for line in lines if line.prepaid.customer_id in usable]
    held = _held(week)
    if held.by_id == by.pk:
        raise Refused("same_person", _("做对课的人不能自己确认，请另一位同事确认。"))
    if held.confirmed_at is not None:
        raise Refused("confirmed", _("这张对课单已经确认了。"))
    if not held.two_people:
        raise Refused("no_difference", _("这张对课单没有差异，不用确认。"))
    packages = {line.prepaid_id: hold_prepaid(line.prepaid_id) for line in lines}
    stands = {one.prepaid.pk: one.units for one in used_in(held.node_id, held.monday)}
    if any(stands.get(line.prepaid_id, 0) != line.booked for line in lines):
        raise Refused("changed", _("对课后有划课更正过，请作废这张对课单，重新对课。"))
    for line in lines:
        prepaid = packages[line.prepaid_id]
        line.entry = book(prepaid, EntryKind.COUNTERED, -line.difference, reason=line.note, by=by, at=at)
        line.save(update_fields=["entry"])
    held.confirmed_by, held.confirmed_at = by, at
    held.save(update_fields=["confirmed_by", "confirmed_at"])
    _tell("confirmed", held, by, at, {"settled": (None, len(lines))})
    return held


@action
def drop_week(*, week: PrepaidWeek, reason: str, by: User, at: datetime) -> PrepaidWeek:
    """Take back a sheet whose differences nobody settled yet; the week may be reconciled again, the sheet stays to be seen.

    Raises Invalid (reason), Refused `dropped`, `confirmed` (CUS-029).
    """
    _require(week.node_id, by)
    check_words({"reason": reason}, {"reason": LONGEST})
    held = _held(week)
    if held.confirmed_at is not None:
        raise Refused("confirmed", _("差异已经更正，不能作废；再有不对，下次对课时写明差异，一起更正。"))
    held.dropped_by, held.dropped_at, held.dropped_why = by, at, reason.strip()
    held.save(update_fields=["dropped_by", "dropped_at", "dropped_why"])
    _tell("dropped", held, by, at, {"monday": (held.monday, None)}, held.dropped_why)
    return held


def _require(node_id: int, by: User) -> None:
    """Forbidden without the right, OutOfScope at a place whose customers the person does not all see."""
    require(by, BillingPermission.PREPAID_RECONCILE, node_id=node_id)
    if not reconciled_by(by).filter(pk=node_id).exists():
        raise OutOfScope()


def _check(used: list[Used], found: Mapping[int, Found]) -> None:
    if not used:
        raise Refused("nothing_to_reconcile", _("这一周没有划课，不用对。"))
    if {one.prepaid.pk for one in used} != set(found):
        raise Refused("changed", _("同事刚划过课，请重新打开对课页。"))
    errors = []
    for one in used:
        told = found[one.prepaid.pk]
        if not 0 <= told.units <= MOST:
            errors.append(FieldError("found", "min_value", _("数量要在 0 到 10000 之间")))
        elif told.witness not in Witness.values:
            errors.append(FieldError("found", "invalid_choice", _("没有这个选项，请重新选")))
        elif told.units != one.units and not told.note.strip():
            message = _("课包 %(number)s 核对的和划的不一样，请写明原因")
            errors.append(FieldError("found", "required", message % {"number": one.prepaid.number}))
        elif len(told.note.strip()) > LONGEST:
            errors.append(FieldError("found", "too_long", _("差异说明最多 200 个字")))
    if errors:
        raise Invalid(errors)


def _line(one: Used, told: Found) -> PrepaidWeekLine:
    note = told.note.strip() if told.units != one.units else ""
    return PrepaidWeekLine(prepaid=one.prepaid, booked=one.units, confirmed=told.units, witness=told.witness, note=note)


def _held(week: PrepaidWeek) -> PrepaidWeek:
    rows = PrepaidWeek.objects.select_for_update(of=("self",), no_key=True).select_related("node")
    held = rows.get(pk=week.pk)
    if held.dropped_at is not None:
        raise Refused("dropped", _("这张对课单已经作废，请看新的一张。"))
    return held


def _tell(
    verb: str, week: PrepaidWeek, by: User, at: datetime, changes: dict[str, tuple[object, object]], reason: str = ""
) -> None:
    record(f"billing.prepaid_week.{verb}", by=by, at=at, subject=Subject(KIND, week.pk), node_id=week.node_id,
           changes=changes, reason=reason)  # fmt: skip
