"""Leadership decides, the order leaves by mail with its paper, and is followed until it arrives."""

from collections import Counter
from datetime import date, timedelta
from email import message_from_bytes
from functools import partial

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from kefu.foundation.audit.trail import Subject
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.notices.models import Notice
from kefu.foundation.outbox.delivery import deliver
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.foundation.printing.actions import print_document
from kefu.foundation.slots.registry import slots
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.messaging.ports.mail import MailServer
from kefu.purchasing.actions import (
    Known,
    Wanted,
    ask_purchase,
    decide_request,
    record_fact,
    send_order,
    withdraw_request,
)
from kefu.purchasing.actions.ordering import KIND
from kefu.purchasing.models import OrderFact, PurchaseOrder, PurchaseRequest, RequestDecision, Supply
from kefu.purchasing.testing import ordered, supplied
from kefu.testing.races import at_once


def asked(shop, central, by=None, **packs):
    lines = [Wanted(Supply.objects.get(product__code=code.replace("_", "-")), number) for code, number in packs.items()]
    return ask_purchase(warehouse=central, lines=lines, reason="补货", by=by or shop.product_manager, at=shop.at)


def said(shop, request, verdict="approved", by=None, **more):
    return decide_request(request=request, verdict=verdict, by=by or shop.leader, at=shop.at, **more)


@pytest.mark.django_db
@pytest.mark.req("STK-002")
def test_one_no_stops_it_and_nobody_decides_his_own(shop, central, maker):
    request = asked(shop, central, N_014=24)
    assert Notice.objects.get(user=shop.leader).text == "采购申请 CG2600001（¥1,920.00）等您审批"
    with pytest.raises(Forbidden):
        said(shop, request, by=shop.product_manager)
    with pytest.raises(Invalid):
        said(shop, request, "declined")
    said(shop, request, "declined", reason="库存还够")
    assert not PurchaseOrder.objects.exists()
    assert "没有批准" in Notice.objects.get(user=shop.product_manager).text
    for late in (
        partial(said, shop, request, by=shop.leader2),
        partial(withdraw_request, request=request, by=shop.product_manager, at=shop.at),
    ):
        with pytest.raises(Refused, match="已经办结"):
            late()
    own = PurchaseRequest.objects.create(
        number="X", warehouse=central, reason="自己", levels=1, by=shop.leader, at=shop.at
    )
    with pytest.raises(Refused, match="别人审批"):
        said(shop, own)
    row = {"request": own, "level": 1, "verdict": "approved", "at": shop.at}
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestDecision.objects.create(**row, by=shop.leader, asked_by=shop.leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestDecision.objects.create(**row | {"verdict": "declined"}, by=shop.leader2, asked_by=shop.leader)


@pytest.mark.django_db
@pytest.mark.req("STK-002")
def test_above_an_amount_two_different_people_agree_and_each_maker_gets_an_order(shop, central, maker):
    other = supplied(
        code="SUP-M2",
        name="演示营养厂家乙",
        goods=[("N-001", "VD", 10, 10, "10.00")],
        by=shop.product_manager,
        at=shop.at,
        lead_days=3,
    )
    LimitValue.objects.create(
        code="purchasing.approval.second", value=2020, valid_from=shop.at.date(), set_by=shop.admin, set_at=shop.at
    )
    assert asked(shop, central, N_014=24, N_001=10).levels == 1, "2,020 yuan is not above 2,020"
    request = asked(shop, central, N_014=24, N_001=20)
    assert (request.levels, said(shop, request).state) == (2, "asked")
    with pytest.raises(Refused, match="另一位领导"):
        said(shop, request)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestDecision.objects.create(
            request=request, level=2, verdict="approved", by=shop.leader, asked_by=request.by, at=shop.at
        )
    assert said(shop, request, by=shop.leader2).state == "approved"
    orders = request.orders.order_by("supplier")
    assert [(one.number, one.supplier, one.expected_on, one.by) for one in orders] == [
        ("CD2600001", maker, date(2026, 12, 7), shop.product_manager),
        ("CD2600002", other, date(2026, 11, 26), shop.product_manager),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_leaders_decide_at_the_same_moment(shop, central, maker):
    request = asked(shop, central, N_014=24)
    works = [partial(said, shop, request), partial(said, shop, request, "declined", by=shop.leader2, reason="不买")]
    got = at_once(works * 2)
    assert Counter(type(one).__name__ for one in got) == {"PurchaseRequest": 1, "Refused": 3}, got
    request.refresh_from_db()
    assert PurchaseOrder.objects.count() == (request.state == "approved")
    assert RequestDecision.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.req("STK-002")
def test_the_mail_carries_the_paper_and_says_when_it_left(shop, central, maker, buyers):
    order = ordered(warehouse=central, packs={"N-014": 24}, buyers=buyers, at=shop.at)
    server = MailServer.from_url("smtp://mail.example:25?security=none", "buy@kefu.example")
    server = MailServer(**vars(server) | {"backend": "django.core.mail.backends.locmem.EmailBackend"})
    maker.email = ""
    maker.save()
    with pytest.raises(Invalid):
        send_order(order=PurchaseOrder.objects.get(), by=shop.product_manager, at=shop.at)
    sending = send_order(order=order, to="sales@maker.example", by=shop.product_manager, at=shop.at)
    with pytest.raises(Refused, match="正在发送"):
        send_order(order=order, to="sales@maker.example", by=shop.product_manager, at=shop.at)
    server(sending.message.payload, sending.message.key)
    letter = message_from_bytes(mail.outbox[0].message().as_bytes())
    (paper,) = [part for part in letter.walk() if part.get_content_type() == "application/pdf"]
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["sales@maker.example"], "采购单 CD2600001（总部）")
    assert paper.get_filename() == "CD2600001.pdf" and paper.get_payload(decode=True).startswith(b"%PDF")
    deliver(message_id=sending.message_id, at=shop.at)
    assert OutboxMessage.objects.get().state == "held", "no mail is configured here"
    assert Notice.objects.filter(user=shop.product_manager, text__contains="没有发出去").count() == 1
    with connected("email") as receiver:
        send_order(order=order, to="sales@maker.example", by=shop.product_manager, at=shop.at)
        deliver(message_id=OutboxMessage.objects.latest("pk").pk, at=shop.at)
    assert len(receiver.got) == 1
    assert OrderFact.objects.get().kind == "transmitted"
    order.refresh_from_db()
    assert order.state == "sent"


@pytest.mark.django_db
@pytest.mark.req("STK-002")
@pytest.mark.req("STK-020", part="orders transmitted")
def test_logistics_are_followed_and_late_goods_are_chased(shop, central, maker, buyers):
    order = ordered(warehouse=central, packs={"N-014": 24}, buyers=buyers, at=shop.at)
    today = shop.at.date()

    def known(kind, **more):
        return record_fact(
            order=order, known=Known(kind, more.pop("on", today), **more), by=shop.product_manager, at=shop.at
        )

    for wrong in (
        {"kind": "confirmed"}, {"kind": "delayed", "expected_on": today - timedelta(days=1)}, {"kind": "shipped"},
        {"kind": "received", "on": today + timedelta(days=1)},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            known(**wrong)
    with pytest.raises(Refused, match="登记到货单"):
        known("arrived")
    with pytest.raises(Forbidden):
        record_fact(order=order, known=Known("received", today), by=shop.central_keeper, at=shop.at)
    for kind, more, state in (
        ("transmitted", {"note": "微信"}, "sent"), ("received", {}, "sent"),
        ("confirmed", {"expected_on": today + timedelta(days=5)}, "confirmed"),
        ("shipped", {"carrier": "演示物流", "waybill": "YD1"}, "shipped"), ("confirmed", {"expected_on": today}, "shipped"),
        ("underway", {"note": "到北京分拨"}, "shipped"),
    ):  # fmt: skip
        known(kind, **more)
        order.refresh_from_db()
        assert order.state == state
    assert order.expected_on == today

    def chased(at):
        return [(one.what, one.why) for one in slots.work["purchasing.orders"](shop.product_manager, at)]

    assert chased(shop.at) == []
    assert chased(shop.at + timedelta(days=1)) == [("CD2600001", "演示营养厂家甲 应在 11-23 到货")]
    assert list(slots.work["purchasing.orders"](shop.central_keeper, shop.at + timedelta(days=1))) == []
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        OrderFact.objects.update(note="")
    paper = print_document(
        code=KIND, subject=Subject(KIND, order.pk), customer_id=None, by=shop.product_manager, at=shop.at
    )
    assert (paper.version, paper.copy_number) == (1, 1)
