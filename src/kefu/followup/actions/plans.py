"""Follow-ups that plan themselves from what happened below; each runs inside the action it follows from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kefu.customers.models import Customer
from kefu.followup.choices import Basis, FollowUpKind, FollowUpState
from kefu.followup.limits import FIRST_DAYS, HOLIDAY_MONTHS, HOLIDAYS, MONTHS, REFILL_DAYS
from kefu.followup.models import FollowUp, FollowUpMove
from kefu.followup.queries import due_moment
from kefu.followup.rules import Planned, cadence, festive, open_day
from kefu.followup.sentences import AFTER_DAYS, AFTER_MONTHS, BASES, FESTIVAL, REFILL, RETEST
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.foundation.sentences.saying import Said
from kefu.foundation.sentences.values import Named
from kefu.foundation.worktime.queries import calendar_for, festivals_between
from kefu.journey.models import Journey
from kefu.kernel.months import add_months
from kefu.organisation.models import User
from kefu.products.models import Product


@dataclass(frozen=True)
class Plan:
    """What a set of contacts is about and counts from."""

    customer: Customer
    journey: Journey | None
    basis: Basis
    basis_on: date
    subject: Subject | None


@within_action
def plan_after_report(*, plan: Plan, by: User, at: datetime) -> list[FollowUp]:
    """The contacts after a report: 2 days, 3, 6, 12 months and the major holidays of a year (FUP-001).

    Called again with a better basis (the receipt becomes known, or was corrected), the open ones are re-dated and keep their history.
    """
    centre, node = calendar_for(plan.customer.node), plan.customer.node_id
    wanted = cadence(plan.basis_on, FIRST_DAYS.on(at, node_id=node), MONTHS.on(at, node_id=node), centre)
    made = _put(plan, FollowUpKind.AFTER_REPORT, wanted, _topics(wanted), by, at)
    if HOLIDAYS.on(at, node_id=node):
        until = add_months(plan.basis_on, HOLIDAY_MONTHS.on(at, node_id=node))
        found = festivals_between(plan.basis_on + timedelta(days=1), until)
        holidays = festive([(festival.code, day) for festival, day in found], centre)
        names = {f"{festival.code}_{day.year}": FESTIVAL(festival=festival) for festival, day in found}
        made += _put(plan, FollowUpKind.HOLIDAY, holidays, names, by, at)
    return made


@within_action
def plan_retests(*, plan: Plan, due: Iterable[tuple[Named, int]], by: User, at: datetime) -> list[FollowUp]:
    """Repeat tests by the cycle of each item, one contact for those that fall due together (LAB-010, FUP-006)."""
    by_months: dict[int, list[Named]] = {}
    for item, months in due:
        by_months.setdefault(months, []).append(item)
    centre = calendar_for(plan.customer.node)
    wanted, topics = [], {}
    for months, items in by_months.items():
        day = add_months(plan.basis_on, months)
        wanted.append(Planned(f"r{months}", day, open_day(day, centre)))
        topics[f"r{months}"] = RETEST(items=items)
    return _put(plan, FollowUpKind.RETEST, wanted, topics, by, at)


@within_action
def plan_refills(*, plan: Plan, supplies: Iterable[tuple[Product, date]], by: User, at: datetime) -> list[FollowUp]:
    """Products about to run out, some days ahead (PRD-003, FUP-006). `supplies` are products and their last day."""
    centre, ahead = calendar_for(plan.customer.node), REFILL_DAYS.on(at, node_id=plan.customer.node_id)
    wanted, topics = [], {}
    for product, last_day in supplies:
        day = max(last_day - timedelta(days=ahead), plan.basis_on)
        wanted.append(Planned(product.code, day, open_day(day, centre)))
        topics[product.code] = REFILL(product=product, day=last_day)
    return _put(plan, FollowUpKind.REFILL, wanted, topics, by, at)


@within_action
def stop_planned(*, follow_ups: Iterable[FollowUp], reason: str, by: User, at: datetime) -> int:
    """Stop open contacts whose ground fell away; the reason is kept. Answers how many."""
    count = 0
    for row in follow_ups:
        row.state, row.reason, row.done_at = FollowUpState.STOPPED, reason[:200], at
        row.save(update_fields=["state", "reason", "done_at"])
        _record(row, "followup.plan.stopped", by, at, {"state": ("open", "stopped")}, reason)
        count += 1
    return count


def _topics(wanted: Iterable[Planned]) -> dict[str, Said]:
    return {row.code: (AFTER_DAYS if row.code[0] == "d" else AFTER_MONTHS)(count=row.code[1:]) for row in wanted}


def _put(
    plan: Plan, kind: FollowUpKind, wanted: Iterable[Planned], topics: dict[str, Said], by: User, at: datetime
) -> list[FollowUp]:
    """Make what is missing, re-date what is open, leave alone what was done or stopped."""
    subject_kind, subject_id = (plan.subject.kind, plan.subject.id) if plan.subject else ("", None)
    known = {
        row.code: row
        for row in FollowUp.objects.select_for_update(no_key=True).filter(
            customer=plan.customer, kind=kind, subject_kind=subject_kind, subject_id=subject_id
        )
    }
    made = []
    for row in wanted:
        due_at = due_moment(row.day, plan.customer, at)
        existing = known.get(row.code)
        if existing is None:
            made.append(
                FollowUp.objects.create(
                    customer=plan.customer, journey=plan.journey, kind=kind, code=row.code, said=topics[row.code].said,
                    values=dict(topics[row.code].values), basis=plan.basis,
                    basis_on=plan.basis_on, due_at=due_at, planned_at=at, subject_kind=subject_kind, subject_id=subject_id,
                )
            )  # fmt: skip
        elif existing.state == FollowUpState.OPEN and existing.due_at != due_at:
            existing.said, existing.values = topics[row.code].said, dict(topics[row.code].values)
            redate(existing, due_at, plan.basis, plan.basis_on, BASES[plan.basis].code, by, at)
    for row_made in made:
        _record(row_made, "followup.plan.made", by, at, {"due_at": (None, row_made.due_at)})
    return made


@within_action
def redate(row: FollowUp, due_at: datetime, basis: str, basis_on: date, reason: str, by: User, at: datetime) -> None:
    """Move an open contact to another date and keep where it was."""
    FollowUpMove.objects.create(follow_up=row, before=row.due_at, after=due_at, reason=reason[:200], by=by, at=at)
    _record(row, "followup.plan.moved", by, at, {"due_at": (row.due_at, due_at)}, reason)
    row.due_at, row.basis, row.basis_on = due_at, basis, basis_on
    row.save(update_fields=["due_at", "basis", "basis_on", "said", "values"])


def _record(
    row: FollowUp, code: str, by: User, at: datetime, changes: Mapping[str, tuple[object, object]], reason: str = ""
) -> None:
    record(code, by=by, at=at, subject=Subject("followup.follow_up", row.pk), customer_id=row.customer_id,
           changes={"code": (None, row.code), **changes}, reason=reason)  # fmt: skip
