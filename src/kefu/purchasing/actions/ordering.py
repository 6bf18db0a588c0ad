"""Getting orders to suppliers, and keeping what becomes known of them until the goods are here (STK-002)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.outbox.actions import put
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.rendering import LANGUAGE
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.purchasing.choices import OPEN_ORDERS, FactKind, OrderState
from kefu.purchasing.models import OrderFact, OrderSending, PurchaseOrder
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.sentences import NOT_SENT

KIND = "purchasing.order"
REACHED = {
    FactKind.TRANSMITTED: OrderState.SENT,
    FactKind.CONFIRMED: OrderState.CONFIRMED,
    FactKind.SHIPPED: OrderState.SHIPPED,
    FactKind.UNDERWAY: OrderState.SHIPPED,
    FactKind.ARRIVED: OrderState.ARRIVED,
}
"""How far an order is at least, once a fact is known."""
FAR = list(OPEN_ORDERS)


@dataclass(frozen=True)
class Known:
    """What became known: which kind of fact, of which day, and what goes with it."""

    kind: FactKind
    on: date
    expected_on: date | None = None
    carrier: str = ""
    waybill: str = ""
    note: str = ""


@action
def send_order(*, order: PurchaseOrder, by: User, at: datetime, to: str = "") -> OrderSending:
    """Print the order and mail it to the supplier, or to `to`; may be done again. It counts as sent once the mail server has taken it.

    Raises Invalid without an address, Refused "ended", or "on_its_way" while an earlier mail still waits to leave.
    """
    current = _held(order, by)
    address = _address(to.strip() or current.supplier.email)
    last = current.sendings.select_related("message").order_by("-pk").first()
    if last and last.message.state in ("pending", "sending"):
        raise Refused("on_its_way", _("上一封邮件正在发送，请稍等"))
    subject = Subject(KIND, current.pk)
    paper = print_document(code=KIND, subject=subject, customer_id=None, by=by, at=at)
    times = current.sendings.count() + 1
    name = f"{current.number}.pdf"
    message = put(
        channel="email", key=f"purchasing.order:{current.number}:{times}", subject=subject, at=at,
        payload={"to": address, **_letter(current), "attachments": [{"file": paper.file_id, "name": name}]},
    )  # fmt: skip
    made = OrderSending.objects.create(order=current, print=paper, message=message, to=address, by=by, at=at)
    _record("purchasing.order.mailed", current, by, at, {"to": (None, address), "times": (None, times)})
    return made


@action
def record_fact(*, order: PurchaseOrder, known: Known, by: User, at: datetime) -> OrderFact:
    """Keep what became known of an order on its way: sent by other means, taken, confirmed for a day, put off, shipped, where it is.

    Raises Invalid for a day to come, or without the day or the carrier that goes with the kind; Refused "ended" or "arrives" for what
    only a delivery says.
    """
    current = _held(order, by)
    if known.kind == FactKind.ARRIVED:
        raise Refused("arrives", _("到货请登记到货单，由两个人一起验收"))
    _check(known, timezone.localdate(at))
    return keep_fact(current, known, by, at)


@action
def note_transmitted(*, sending: OrderSending, by: User, at: datetime) -> OrderFact | None:
    """The mail server has taken an order's mail: for the outbox, which says so once or twice."""
    current = PurchaseOrder.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse")
    row = current.get(pk=sending.order_id)
    told = f"{sending.to} {timezone.localtime(sending.at):%m-%d %H:%M}"
    if row.state not in OPEN_ORDERS or row.facts.filter(kind=FactKind.TRANSMITTED, note=told).exists():
        nothing_changed()
        return None
    return keep_fact(row, Known(FactKind.TRANSMITTED, timezone.localdate(at), note=told), by, at)


@action
def report_unsent(*, sending: OrderSending, link: str, by: User, at: datetime) -> None:
    """The mail of an order was held or refused: for the outbox; who sent it hears of it."""
    text = NOT_SENT(number=sending.order.number)
    tell(users=[sending.by], code="purchasing.order.not_sent", text=text, link=link, at=at, unless_unread=True)
    _record("purchasing.order.not_sent", sending.order, by, at, {"to": (None, sending.to)})


@action
def close_order(*, order: PurchaseOrder, reason: str, by: User, at: datetime) -> PurchaseOrder:
    """No more will come of it: cancelled, or delivered short. Raises Invalid without a reason, Refused "ended" or "counting"."""
    current = _held(order, by)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("为什么关闭还没填"))
    if current.deliveries.filter(state="counting").exists():
        raise Refused("counting", _("还有到货正在验收，验收完再关闭"))
    current.state, current.reason = OrderState.CLOSED, reason.strip()
    current.ended_by, current.ended_at = by, at
    current.save(update_fields=["state", "reason", "ended_by", "ended_at"])
    _record("purchasing.order.closed", current, by, at, {"number": (None, current.number)}, current.reason)
    return current


def _held(order: PurchaseOrder, by: User) -> PurchaseOrder:
    require(by, PurchasingPermission.PLAN_ACT, node_id=order.warehouse.node_id)
    rows = PurchaseOrder.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("warehouse__node", "supplier__institution", "by").get(pk=order.pk)
    if row.state not in OPEN_ORDERS:
        raise Refused("ended", _("这张采购单已经结束，状态是“%(state)s”") % {"state": row.get_state_display()})
    return row


def _address(address: str) -> str:
    if not address:
        raise Invalid.one("to", "required", _("厂家没有登记接单邮箱，请填一个"))
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid.one("to", "email", _("邮箱写成 name@example.com 这样")) from error
    return address


def _letter(order: PurchaseOrder) -> dict[str, str]:
    """The words of the mail, in Chinese whoever sends it."""
    with translation.override(LANGUAGE):
        house = order.warehouse.node.zh
        lines = (
            _("%(supplier)s：") % {"supplier": order.supplier.institution.zh},
            _("附件是采购单 %(number)s，请确认并回复交货日期。") % {"number": order.number},
            f"{house} {order.by.name}",
        )
        return {
            "subject": _("采购单 %(number)s（%(house)s）") % {"number": order.number, "house": house},
            "body": "\n\n".join(lines),
        }


def _check(known: Known, today: date) -> None:
    if known.on > today:
        raise Invalid.one("on", "future", _("日期不能晚于今天"))
    if known.kind in (FactKind.CONFIRMED, FactKind.DELAYED) and known.expected_on is None:
        raise Invalid.one("expected_on", "required", _("预计到货日期还没填"))
    if known.expected_on is not None and known.expected_on < known.on:
        raise Invalid.one("expected_on", "past", _("预计到货不能早于这件事的日期"))
    if known.kind == FactKind.SHIPPED and not known.carrier.strip():
        raise Invalid.one("carrier", "required", _("由谁承运还没填"))


@within_action
def keep_fact(order: PurchaseOrder, known: Known, by: User, at: datetime) -> OrderFact:
    """A fact of an order that is held, with how far it brings the order; an order never goes back."""
    made = OrderFact.objects.create(
        order=order, kind=known.kind, on=known.on, expected_on=known.expected_on, carrier=known.carrier.strip(),
        waybill=known.waybill.strip(), note=known.note.strip(), by=by, at=at,
    )  # fmt: skip
    reached = REACHED.get(known.kind)
    if reached and FAR.index(reached) > FAR.index(OrderState(order.state)):
        order.state = reached
    if known.expected_on is not None:
        order.expected_on = known.expected_on
    order.save(update_fields=["state", "expected_on"])
    changes: dict[str, Change] = {"kind": (None, str(known.kind)), "on": (None, known.on)}
    _record("purchasing.order.fact", order, by, at, changes | {"expected_on": (None, known.expected_on)}, known.note)
    return made


def _record(
    code: str, order: PurchaseOrder, by: User, at: datetime, changes: Mapping[str, Change], reason: str = ""
) -> None:
    subject, node = Subject(KIND, order.pk), order.warehouse.node_id
    record(code, by=by, at=at, subject=subject, node_id=node, changes=changes, reason=reason)
