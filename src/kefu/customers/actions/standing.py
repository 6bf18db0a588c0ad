"""Grades and tracking: every entry grades the customer anew and sets when the next one is due (CUS-012 to CUS-016)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import DealState, Demand, FactKind, Grade, Importance, Stage
from kefu.customers.grades import grade_of, next_due
from kefu.customers.holding import held
from kefu.customers.limits import GRADE_MONTHS, TRACKING_DAYS
from kefu.customers.models import Assessment, Customer, Standing
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.standing import counting_deal
from kefu.customers.sentences import CLASSIFIED, TRACKED
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User


@dataclass(frozen=True)
class Classified:
    """What somebody says of a customer: need, day of the deal, how far it is, and how much it could be (CUS-012)."""

    demand: Demand
    expected_on: date | None = None
    deal_state: DealState = DealState.POTENTIAL
    importance: Importance = Importance.ORDINARY
    closable_amount: Decimal | None = None


@action
def track(
    *, customer: Customer, note: str, classes: Classified, reason: str = "", by: User, at: datetime
) -> Assessment:
    """Write a tracking entry: what was learned, and need and deal stated anew. The grade follows, and with it the next due date.

    Raises Invalid (`note`, `expected_on`, `closable_amount`, `reason` when the grade changes), Refused `closed` or `deal_not_verified`,
    Forbidden, OutOfScope (CUS-014, CUS-015, CUS-016).
    """
    require(by, CustomerPermission.GRADING_TRACK, customer=customer)
    locked = _hold(customer)
    if not note.strip():
        raise Invalid.one("note", "required", _("请写下这次了解到什么。"))
    return _assess(locked, classes, note.strip(), reason.strip(), by, at, tracked=True)


@action
def classify(*, customer: Customer, classes: Classified, reason: str, by: User, at: datetime) -> Assessment | None:
    """Change classes between two entries; the due date follows the new grade from the last entry on. None when nothing changed.

    Raises Invalid (`expected_on`, `closable_amount`, `reason`), Refused `closed`, `not_graded` before the first entry or
    `deal_not_verified`, Forbidden, OutOfScope (CUS-012, CUS-013).
    """
    require(by, CustomerPermission.GRADING_TRACK, customer=customer)
    locked = _hold(customer)
    standing = Standing.objects.filter(customer=locked).first()
    if standing is None:
        raise Refused("not_graded", _("还没有评级，请先写一次追踪。"))
    if all(getattr(standing, one.name) == getattr(classes, one.name) for one in fields(classes)):
        nothing_changed()
        return None
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明改分类的原因。"))
    return _assess(locked, classes, "", reason.strip(), by, at, tracked=False)


def _hold(customer: Customer) -> Customer:
    locked = held(customer)
    if locked.stage == Stage.CLOSED:
        raise Refused("closed", _("这位客户已关闭，请先恢复。"))
    return locked


def _assess(
    customer: Customer, classes: Classified, note: str, reason: str, by: User, at: datetime, *, tracked: bool
) -> Assessment:
    today = timezone.localdate(at)
    _check(customer, classes, today)
    before = Standing.objects.filter(customer=customer).first()
    grade = grade_of(classes.demand, classes.expected_on, today, GRADE_MONTHS.on(at, node_id=customer.node_id))
    if before and before.grade != grade and not reason:
        raise Invalid.one(
            "reason",
            "required",
            _("等级从 %(before)s 变为 %(after)s，请写明原因。") % {"before": before.grade, "after": grade},
        )
    tracked_on = before.tracked_on if before and not tracked else today
    due_on = next_due(tracked_on, grade, TRACKING_DAYS.on(at, node_id=customer.node_id))
    values: dict[str, object] = {one.name: getattr(classes, one.name) for one in fields(classes)}
    values |= {"grade": grade, "due_on": due_on}
    entry = Assessment.objects.create(
        customer=customer, tracked=tracked, note=note, grade_before=before.grade if before else "", reason=reason, by=by, at=at, **values
    )  # fmt: skip
    Standing.objects.update_or_create(customer=customer, defaults=values | {"tracked_on": tracked_on})
    _tell(entry, before, reason, by, at)
    return entry


def _check(customer: Customer, classes: Classified, today: date) -> None:
    errors = []
    if classes.demand == Demand.TARGET and classes.expected_on is None:
        errors.append(FieldError("expected_on", "required", _("现在就需要的客户，请写预计哪天成交。")))
    if classes.demand == Demand.DEAD and classes.expected_on is not None:
        errors.append(FieldError("expected_on", "no_deal", _("没有需求的客户没有预计成交日。")))
    if classes.expected_on is not None and classes.expected_on < today:
        errors.append(FieldError("expected_on", "past", _("日期不能早于今天。")))
    if classes.closable_amount is not None and classes.closable_amount < 0:
        errors.append(FieldError("closable_amount", "negative", _("金额不能是负数。")))
    if errors:
        raise Invalid(errors)
    if classes.deal_state == DealState.CLOSED and not counting_deal(customer).exists():
        raise Refused("deal_not_verified", _("还没有通过合同审核和渠道核实的成交，不能算已成交。"))


def _tell(entry: Assessment, before: Standing | None, reason: str, by: User, at: datetime) -> None:
    customer, subject = entry.customer, Subject("customers.assessment", entry.pk)
    changes: dict[str, tuple[object, object]] = {
        name: (getattr(before, name) if before else None, getattr(entry, name))
        for name in ("grade", "demand", "deal_state", "importance", "closable_amount", "expected_on", "due_on")
    }
    record("customers.standing.assessed", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
           changes={name: pair for name, pair in changes.items() if pair[0] != pair[1]}, reason=reason)  # fmt: skip
    words = (TRACKED if entry.tracked else CLASSIFIED)(grade=Grade(entry.grade), due=entry.due_on)
    record_fact(customer=customer, kind=FactKind.NOTE, item=words, subject=subject, by=by, at=at)
