"""A carrier brings goods back: the department hears of it, somebody collects and signs, the keeper books them in (STK-024)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import lock
from kefu.dispatch.checks import number_of, words_of
from kefu.dispatch.choices import BACK_OPEN, SIGNED, BackState
from kefu.dispatch.limits import COLLECT_DAYS
from kefu.dispatch.models import Back, BackLine
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import BACK, department, returnable, still_out
from kefu.dispatch.sentences import CAME_BACK, RETURNED_UNDELIVERED, TO_BOOK_IN, TO_COLLECT
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.sales.actions import take_undelivered
from kefu.sales.models import Purchase
from kefu.stock.models import Warehouse

BACKS = Series("dispatch.back", "TH")


@action
def register_back(
    *,
    warehouse: Warehouse,
    pickup_address: str,
    phone: str,
    goods: str,
    by: User,
    at: datetime,
    company: str = "",
    plate: str = "",
    waybill: str = "",
    order: str = "",
) -> Back:
    """Register goods that wait with a carrier; the dispatch department is told, and has to collect them within some days.

    Raises Invalid for neither company nor plate, a wrong telephone, missing words, or an order of which nothing is out that left from here.
    """
    require(by, DispatchPermission.REGISTER, node_id=warehouse.node_id)
    if not company.strip() and not plate.strip():
        raise Invalid.one("company", "required", _("承运公司和车牌至少填一个"))
    where, what, number = (
        words_of(pickup_address, "pickup_address"),
        words_of(goods, "goods"),
        number_of(phone, "phone"),
    )
    if not number:
        raise Invalid.one("phone", "required", _("这一项还没填"))
    purchase = _sent_order(warehouse, order) if order.strip() else None
    day = timezone.localdate(at) + timedelta(days=COLLECT_DAYS.on(at, node_id=warehouse.node_id))
    made = Back.objects.create(
        number=BACKS.issue(at), warehouse=warehouse, company=company.strip()[:60], plate=plate.strip().upper()[:20],
        waybill=waybill.strip()[:60], pickup_address=where, phone=number, goods=what, purchase=purchase, collect_by=day, by=by, at=at,
    )  # fmt: skip
    _noted("dispatch.back.registered", made, by, at, {"number": (None, made.number), "waybill": (None, made.waybill)})
    _ring(made, department(warehouse), TO_COLLECT(number=made.number), at)
    return made


@action
def collect_back(*, back: Back, by: User, at: datetime) -> Back:
    """Sign for having collected the goods. Raises Refused "wrong_state"."""
    require(by, DispatchPermission.REGISTER, node_id=back.warehouse.node_id)
    current = _held(back, BackState.WAITING)
    current.state, current.collected_by, current.collected_at = BackState.COLLECTED, by, at
    current.save(update_fields=["state", "collected_by", "collected_at"])
    _noted("dispatch.back.collected", current, by, at, {"state": (BackState.WAITING, current.state)})
    keeper = current.warehouse.keeper
    _ring(current, [keeper] if keeper else [], TO_BOOK_IN(number=current.number), at)
    return current


@action
def receive_back(*, back: Back, by: User, at: datetime, packs: Mapping[int, int] | None = None) -> Back:
    """The keeper has counted what was collected. Where it belongs to an order, packs by line of its issue slips go into quarantine, and the
    order owes them again; what belongs to none is only noted. Raises Forbidden for anybody but who keeps the warehouse, Refused
    "wrong_state", and as `sales.actions.take_undelivered`.
    """
    require(by, back.warehouse.keep_permission, node_id=back.warehouse.node_id)
    current = _held(back, BackState.COLLECTED)
    booked: dict[int, int] = {}
    if current.purchase is not None:
        if set(packs or {}) - set(returnable(current).values_list("pk", flat=True)):
            raise Invalid.one("packs", "unknown", _("退回的数量或行不对，请重新填。"))
        booked = take_undelivered(
            purchase=current.purchase, packs=packs or {}, reason=str(RETURNED_UNDELIVERED(number=current.number)),
            permission=current.warehouse.keep_permission, by=by, at=at,
        )  # fmt: skip
        BackLine.objects.bulk_create(BackLine(back=current, issue_line_id=pk, packs=n) for pk, n in booked.items())
        record_fact(
            customer=current.purchase.customer, kind=FactKind.DISPATCH, item=CAME_BACK(number=current.purchase.number),
            subject=Subject(BACK, current.pk), by=by, at=at,
        )  # fmt: skip
    _end(current, BackState.RECEIVED, by, at)
    _noted("dispatch.back.received", current, by, at, {"packs": (None, sum(booked.values())), "state": (BackState.COLLECTED, current.state)})  # fmt: skip
    return current


@action
def close_back(*, back: Back, reason: str, by: User, at: datetime) -> Back:
    """Nothing of it is booked in after all, collected or not; who collected it stays on record. Raises Invalid without a reason, Refused
    "wrong_state"."""
    require(by, DispatchPermission.REGISTER, node_id=back.warehouse.node_id)
    words, current = words_of(reason, "reason"), _held(back, *BACK_OPEN)
    before, current.reason = current.state, words
    _end(current, BackState.CLOSED, by, at)
    _noted("dispatch.back.closed", current, by, at, {"state": (before, current.state)}, words)
    return current


@within_action
def _sent_order(warehouse: Warehouse, number: str) -> Purchase:
    found = Purchase.objects.filter(number=number.strip().upper(), state__in=SIGNED).select_related("customer").first()
    if found is not None:
        lock(found.customer_id)
    if found is None or not still_out(warehouse.pk, found.pk).exists():
        raise Invalid.one("order", "unknown", _("没有这个购买单号，或者没有从这个库房发出、还没退回的货"))
    return found


@within_action
def _held(back: Back, *states: BackState) -> Back:
    customer = Back.objects.values_list("purchase__customer", flat=True).get(pk=back.pk)
    if customer is not None:
        lock(customer)
    rows = Back.objects.select_for_update(of=("self",), no_key=True)
    current = rows.select_related("warehouse__keeper", "purchase__customer").get(pk=back.pk)
    if current.state not in states:
        words = _("退货单 %(number)s 现在是“%(state)s”，不能这样办")
        raise Refused("wrong_state", words % {"number": current.number, "state": current.get_state_display()})
    return current


def _end(current: Back, state: BackState, by: User, at: datetime) -> None:
    current.state, current.ended_by, current.ended_at = state, by, at
    current.save(update_fields=["state", "ended_by", "ended_at", "reason"])


def _ring(back: Back, users: Iterable[User], text: Said, at: datetime) -> None:
    tell(users=users, code="dispatch.back", text=text, link=reverse("dispatch:back", args=[back.pk]), at=at)


def _noted(
    code: str, back: Back, by: User, at: datetime, changes: dict[str, tuple[object, object]], reason: str = ""
) -> None:
    record(
        code, by=by, at=at, subject=Subject(BACK, back.pk), node_id=back.warehouse.node_id,
        customer_id=back.purchase.customer_id if back.purchase else None, changes=changes, reason=reason,
    )  # fmt: skip
