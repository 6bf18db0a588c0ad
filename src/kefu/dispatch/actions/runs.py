"""A run is planned, loaded order by order, changed, leaves, or is cancelled (STK-023)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold, lock
from kefu.dispatch.actions.telling import take_back, tell_over, tell_where
from kefu.dispatch.checks import number_of, order_at, packs_kept, words_of
from kefu.dispatch.choices import RunKind, RunState
from kefu.dispatch.models import Run, RunLine
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import RUN
from kefu.dispatch.rules import coach_lacks, on_calendar
from kefu.dispatch.sentences import SENT_BY
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.models import Warehouse

RUNS = Series("dispatch.run", "FC")
TOLD = ("plate", "driver_phone", "arrives_at", "pickup_point")
"""What customers are told of a coach: when one of these changes they are told again."""


@dataclass(frozen=True)
class Plan:
    """What is known of a run: by what it leaves, who drives, when it leaves and arrives, where the goods are met."""

    kind: RunKind
    departs_at: datetime
    arrives_at: datetime | None = None
    company: str = ""
    plate: str = ""
    driver: str = ""
    driver_phone: str = ""
    pickup_point: str = ""


@action
def plan_run(*, warehouse: Warehouse, plan: Plan, by: User, at: datetime) -> Run:
    """Register a run. Raises Invalid for neither plate nor company, a coach that cannot be met, an arrival before the departure, or
    moments outside 1900 to 2099."""
    require(by, DispatchPermission.REGISTER, node_id=warehouse.node_id)
    values = _values(plan)
    run = Run.objects.create(number=RUNS.issue(at), warehouse=warehouse, **values, by=by, at=at)
    _noted("dispatch.run.planned", run, by, at, {"number": (None, run.number), "kind": (None, str(plan.kind))})
    return run


@action
def change_run(*, run: Run, plan: Plan, by: User, at: datetime) -> Run:
    """Enter what is different. Once a coach has left, its customers are told again when plate, telephone, arrival or place changed; what has
    not reached them yet is taken back. Raises as `plan_run`, Refused "wrong_state" for a cancelled run, "kind" once it has left."""
    require(by, DispatchPermission.REGISTER, node_id=run.warehouse.node_id)
    values = _values(plan)
    current = _held(run, RunState.PLANNED, RunState.DEPARTED)
    if current.state == RunState.DEPARTED and plan.kind != current.kind:
        raise Refused("kind", _("已经发车，不能再换成别的车辆"))
    changed = {name: (getattr(current, name), new) for name, new in values.items() if getattr(current, name) != new}
    if not changed:
        nothing_changed()
        return current
    for name, new in values.items():
        setattr(current, name, new)
    again = current.state == RunState.DEPARTED and bool(changed.keys() & set(TOLD))
    current.revision += again
    current.save(update_fields=[*values, "revision"])
    _noted("dispatch.run.changed", current, by, at, {name: (str(old), str(new)) for name, (old, new) in changed.items()})  # fmt: skip
    if again and current.kind == RunKind.COACH:
        heard = take_back(run=current, by=by, at=at)
        tell_where(run=current, by=by, at=at, heard=heard)
    return current


@action
def add_line(*, run: Run, order: str, packs: int, by: User, at: datetime) -> RunLine:
    """Load packs of an order, by its number. Raises Invalid for an order this warehouse does not ship, or impossible packs; Refused
    "order_twice", "too_many" for more than the customer bought less what other runs are going to take, "wrong_state" once it has left."""
    require(by, DispatchPermission.REGISTER, node_id=run.warehouse.node_id)
    purchase = order_at(run.warehouse, order)
    if packs < 1:
        raise Invalid.one("packs", "range", _("数量要大于 0"))
    hold(purchase.customer_id)
    current = _locked(run, RunState.PLANNED)
    if current.lines.filter(purchase=purchase).exists():
        raise Refused("order_twice", _("这张购买单已经在这趟车上"))
    planned = RunLine.objects.filter(purchase=purchase, run__state=RunState.PLANNED)
    free = packs_kept([purchase.pk]).get(purchase.pk, 0) - (planned.aggregate(packs=Sum("packs"))["packs"] or 0)
    if packs > free:
        raise Refused("too_many", _("这张购买单还能装 %(packs)s 件，装车不能更多") % {"packs": max(free, 0)})
    line = RunLine.objects.create(run=current, purchase=purchase, packs=packs, by=by, at=at)
    _noted("dispatch.run.loaded", current, by, at, {"order": (None, purchase.number), "packs": (None, packs)}, purchase.customer_id)  # fmt: skip
    return line


@action
def remove_line(*, line: RunLine, by: User, at: datetime) -> None:
    """Take an order off a run before it leaves. Raises Refused "wrong_state", "has_short" while something is noted as short of it."""
    require(by, DispatchPermission.REGISTER, node_id=line.run.warehouse.node_id)
    lock(line.purchase.customer_id)
    current = _locked(line.run, RunState.PLANNED)
    found = current.lines.select_related("purchase").filter(pk=line.pk).first()
    if found is None:
        return nothing_changed()
    if found.short.exists():
        raise Refused("has_short", _("这一行记了差件，不能拿掉"))
    _noted("dispatch.run.unloaded", current, by, at, {"order": (found.purchase.number, None), "packs": (found.packs, None)}, found.purchase.customer_id)  # fmt: skip
    found.delete()
    return None


@action
def depart(*, run: Run, by: User, at: datetime) -> Run:
    """It leaves: each order's file says so, and the customers of a coach are told where to meet it.

    Raises Refused "empty", "wrong_state", "given_up" while it carries more of an order than the customer still buys: that line comes off first.
    """
    require(by, DispatchPermission.REGISTER, node_id=run.warehouse.node_id)
    current = _held(run, RunState.PLANNED)
    lines = list(current.lines.select_related("purchase__customer"))
    if not lines:
        raise Refused("empty", _("车上还没有货，先登记装了哪些购买单"))
    kept = packs_kept(line.purchase_id for line in lines)
    if over := [line.purchase.number for line in lines if line.packs > kept.get(line.purchase_id, 0)]:
        raise Refused(
            "given_up", _("购买单 %(orders)s 退了或者退了一部分，先从车上拿掉再发车") % {"orders": ", ".join(over)}
        )
    current.state, current.departed_by, current.departed_at = RunState.DEPARTED, by, at
    current.save(update_fields=["state", "departed_by", "departed_at"])
    for line in lines:
        record_fact(
            customer=line.purchase.customer, kind=FactKind.DISPATCH, item=SENT_BY(number=line.purchase.number),
            lines=[current.by_what], subject=Subject(RUN, current.pk), by=by, at=at,
        )  # fmt: skip
    _noted("dispatch.run.departed", current, by, at, {"orders": (None, len(lines)), "packs": (None, sum(line.packs for line in lines))})  # fmt: skip
    if current.kind == RunKind.COACH:
        tell_where(run=current, by=by, at=at)
    return current


@action
def cancel_run(*, run: Run, reason: str, by: User, at: datetime) -> Run:
    """It does not go, or does not arrive: what has not reached customers is not sent any more; who was told hears that it does not come.

    Raises Invalid without a reason, Refused "wrong_state".
    """
    require(by, DispatchPermission.REGISTER, node_id=run.warehouse.node_id)
    words = words_of(reason, "reason")
    current = _held(run, RunState.PLANNED, RunState.DEPARTED)
    before, current.state, current.reason = current.state, RunState.CANCELLED, words
    current.cancelled_by, current.cancelled_at = by, at
    current.revision += 1
    current.save(update_fields=["state", "reason", "cancelled_by", "cancelled_at", "revision"])
    _noted("dispatch.run.cancelled", current, by, at, {"state": (before, current.state)}, reason=words)
    if current.kind == RunKind.COACH:
        heard = take_back(run=current, by=by, at=at)
        tell_over(run=current, by=by, at=at, heard=heard)
    return current


def _values(plan: Plan) -> dict[str, object]:
    plate, company = plan.plate.strip().upper()[:20], plan.company.strip()[:60]
    phone = number_of(plan.driver_phone, "driver_phone")
    place = plan.pickup_point.strip()[:60]
    errors = []
    if not plate and not company:
        errors.append(FieldError("plate", "required", _("车牌和承运公司至少填一个")))
    if plan.kind == RunKind.COACH:
        lacking = coach_lacks(plate=plate, driver_phone=phone, pickup_point=place, arrives=plan.arrives_at is not None)
        errors += [FieldError(name, "required", _("大巴要让客户接得到，这一项要填")) for name in lacking]
    if plan.arrives_at is not None and plan.arrives_at <= plan.departs_at:
        errors.append(FieldError("arrives_at", "order", _("到达要在发车之后")))
    for name in ("departs_at", "arrives_at"):
        if (moment := getattr(plan, name)) is not None and not on_calendar(moment):
            errors.append(FieldError(name, "range", _("年份要在 1900 到 2099 之间")))
    if errors:
        raise Invalid(errors)
    return {
        "kind": plan.kind, "company": company, "plate": plate, "driver": plan.driver.strip()[:40], "driver_phone": phone,
        "departs_at": plan.departs_at, "arrives_at": plan.arrives_at, "pickup_point": place,
    }  # fmt: skip


@within_action
def _held(run: Run, *states: RunState) -> Run:
    """The run, with every customer on it held before. Raises Refused "changed" where somebody loaded another customer's order meanwhile."""
    customers = set(run.lines.values_list("purchase__customer", flat=True))
    lock(*sorted(customers))
    current = _locked(run, *states)
    if set(current.lines.values_list("purchase__customer", flat=True)) - customers:
        raise Refused("changed", _("刚刚有同事改了这趟车，请刷新再办"))
    return current


@within_action
def _locked(run: Run, *states: RunState) -> Run:
    current = Run.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse").get(pk=run.pk)
    if current.state not in states:
        words = _("发车单 %(number)s 现在是“%(state)s”，不能这样办")
        raise Refused("wrong_state", words % {"number": current.number, "state": current.get_state_display()})
    return current


def _noted(
    code: str, run: Run, by: User, at: datetime, changes: dict[str, tuple[object, object]], customer_id: int | None = None, reason: str = ""
) -> None:  # fmt: skip
    record(code, by=by, at=at, subject=Subject(RUN, run.pk), node_id=run.warehouse.node_id, customer_id=customer_id, changes=changes, reason=reason)  # fmt: skip
