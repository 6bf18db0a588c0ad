"""A provider reports what became of a message: it proves who it is, is believed once, and staff hear what matters."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from kefu.customers.actions import close_customer
from kefu.customers.actions.contacts import add_contact
from kefu.customers.models import ContactPoint
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.limits.registry import find
from kefu.foundation.notices import queries as bell
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.models import DeliveryReceipt
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import Taken
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.messaging import costing, views
from kefu.messaging.actions import resend, revise_template, send
from kefu.messaging.channels import open_configured
from kefu.messaging.costing import costs, totals
from kefu.messaging.models import Message, MessageCost
from kefu.messaging.ports import listening
from kefu.messaging.ports.plain import signature
from kefu.messaging.ports.screen import show
from kefu.messaging.queries import addresses
from kefu.messaging.tests.people import PHONE, wang
from kefu.testing.cast import AT

BOOKED = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}
BOOKED_WORDS = "{name}您好，您{month}月{day}日{time}的{item}已约好，{centre}。改期请致电{phone}。"
TOKEN = "a-secret-address-0123456789"
ALIYUN = {
    "KEFU_SMS_PROFILE": "aliyun", "KEFU_SMS_KEY": "k", "KEFU_SMS_SECRET": "s", "KEFU_SMS_SIGN": "和康", "KEFU_SMS_APP": "1",
    "KEFU_SMS_RECEIPT_TOKEN": TOKEN, "KEFU_SMS_RECEIPT_ADDRESSES": "127.0.0.0/8, 2001:db8::/32",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _providers(tmp_path):
    file = tmp_path / "t.yaml"
    file.write_text("appt_confirmed: {id: SMS_1}", encoding="utf-8")
    listening.deafen()
    for profile in ("aliyun", "tencent"):
        open_configured(ALIYUN | {"KEFU_SMS_PROFILE": profile, "KEFU_SMS_TEMPLATES": str(file)})
    open_configured({"KEFU_SMS_URL": "http://127.0.0.1:1/", "KEFU_SMS_KEY": "k", "KEFU_SMS_SECRET": "s"})
    transports.close("sms")
    yield
    listening.deafen()
    transports.close("sms")


def confirmed(cast, *references: str, customer=None) -> Message:
    """A confirmation that the provider has taken under these numbers."""
    transports.register("sms", lambda payload, key: Taken("test", references, parts=len(references) or 1))
    message = send(customer=customer or wang(cast), template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
    run_pending(AT)
    return fresh(message)


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def by_aliyun(client, *rows, token: str = TOKEN, **more):
    return client.post(f"/receipts/aliyun/{token}/", json.dumps(rows), "application/json", **more)


@pytest.mark.req("NFR-002", part="SMS")
def test_alibaba_cloud_reports_a_delivery_once_and_a_forged_report_changes_nothing(cast, client, caplog):
    message = confirmed(cast, "b-1")
    good = {"biz_id": "b-1", "success": True, "err_code": "DELIVERED", "report_time": "2026-11-22 14:30:05"}

    assert by_aliyun(client, good, token="a-secret-address-0123456780").status_code == 403
    assert by_aliyun(client, good, REMOTE_ADDR="203.0.113.9").status_code == 403
    assert client.post("/receipts/aliyun/", json.dumps([good]), "application/json").status_code == 403
    assert (fresh(message).state, DeliveryReceipt.objects.count()) == ("sent", 0)
    assert caplog.text.count("not its own was refused") == 3 and TOKEN not in caplog.text

    for _again in range(2):
        answer = by_aliyun(client, good)
        assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "OK"})
    assert fresh(message).state == "delivered"
    receipt = DeliveryReceipt.objects.get()
    assert (receipt.code, receipt.happened_at.isoformat()) == ("DELIVERED", "2026-11-22T06:30:05+00:00")


def test_tencent_cloud_reports_a_failure_by_its_number(cast, client):
    message = confirmed(cast, "5000:1")
    rows = [{"sid": "5000:1", "report_status": "FAIL", "errmsg": "MK:0013", "user_receive_time": "2026-11-22 14:30:05"}]
    answer = client.post(f"/receipts/tencent/{TOKEN}/", json.dumps(rows), "application/json")

    assert answer.json() == {"result": 0, "errmsg": "OK"}
    assert (fresh(message).state, fresh(message).outbox.last_error) == ("dead", "MK:0013")


@pytest.mark.parametrize("fault", ["body", "time", "secret", "none"])
def test_our_own_gateway_signs_its_reports(cast, client, fault):
    message = confirmed(cast, "g-1")
    body = json.dumps({"id": f"msg:{message.key}", "state": "delivered", "at": "2026-11-22T14:30:05+08:00"}).encode()
    now = str(int((timezone.now() - timedelta(minutes=6 if fault == "time" else 1)).timestamp()))
    signed = signature("k", "wrong" if fault == "secret" else "s", now, body)
    headers = {"X-Time": now, "X-Signature": signed}
    sent = body.replace(b"delivered", b"failed") if fault == "body" else body
    answer = client.post("/receipts/plain/", sent, "application/json", headers=headers)

    assert answer.status_code == (200 if fault == "none" else 403)
    assert fresh(message).state == ("delivered" if fault == "none" else "sent")


@pytest.mark.parametrize("now", ["9" * 400, "9" * 5000, "٣" * 10, "-1", ""])
def test_a_time_that_is_none_is_refused_as_not_genuine(cast, client, now):
    answer = client.post(
        "/receipts/plain/", b"{}", "application/json", headers={"X-Time": now.encode().decode("latin-1")}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no",
        "[1]",
        "{}",
        '[{"biz_id": ""}]',
        '[{"biz_id": {"a": 1}}]',
        json.dumps({"out_id": "x" * 141}),
        json.dumps([{"biz_id": "x"}] * 1001),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(cast, client, body):
    message = confirmed(cast, "b-1")
    answer = client.post(f"/receipts/aliyun/{TOKEN}/", body, "application/json")
    assert (answer.status_code, fresh(message).state, DeliveryReceipt.objects.count()) == (400, "sent", 0)


def test_nobody_listens_for_a_provider_that_is_not_configured(client, db, tmp_path):
    listening.deafen()
    assert by_aliyun(client).status_code == 404
    assert client.get(f"/receipts/aliyun/{TOKEN}/").status_code == 405
    with pytest.raises(ValueError, match="KEFU_SMS_RECEIPT_TOKEN must be 20"):
        open_configured(ALIYUN | {"KEFU_SMS_RECEIPT_TOKEN": "short", "KEFU_SMS_TEMPLATES": str(tmp_path / "t.yaml")})


def test_a_number_that_does_not_exist_is_told_marked_and_used_last_but_never_deleted(cast, client, login):
    customer = wang(cast)
    message = confirmed(cast, "b-1", customer=customer)
    by_aliyun(client, {"biz_id": "b-1", "success": False, "err_code": "MOBILE_NOT_ON_SERVICE"})
    run_pending(AT)

    assert fresh(message).state == "dead"
    assert bell.latest(cast.manager)[0].text == "发给王小梅的短信没有送达，请用其他方式联系。"
    point = ContactPoint.objects.get(customer=customer)
    assert (point.active, point.value, point.doubt) == (True, PHONE, "MOBILE_NOT_ON_SERVICE")
    assert AuditEntry.objects.get(code="customers.contact.doubted").reason == "MOBILE_NOT_ON_SERVICE"
    assert "发不到，请核对" in login(cast.manager).get(f"/customers/{customer.pk}/").content.decode()

    add_contact(customer=customer, kind="phone", value="13800005678", by=cast.manager, at=AT)
    assert addresses(customer)["sms"] == "13800005678"


def test_another_failure_marks_no_number(cast, client):
    confirmed(cast, "b-1")
    by_aliyun(client, {"biz_id": "b-1", "success": False, "err_code": "MOBILE_IN_BLACK"})
    run_pending(AT)
    assert ContactPoint.objects.get().doubted_at is None


@pytest.mark.req("NFR-001", part="SMS")
def test_a_failed_message_is_sent_again_once_with_the_same_words_to_the_number_that_is_right_now(cast, client, login):
    customer = wang(cast)
    message = confirmed(cast, "b-1", customer=customer)
    by_aliyun(client, {"biz_id": "b-1", "success": False, "err_code": "MOBILE_NOT_ON_SERVICE"})
    run_pending(AT)
    add_contact(customer=customer, kind="phone", value="13800005678", by=cast.manager, at=AT)

    page = login(cast.manager)
    shown = page.get("/messages/?state=dead").content.decode()
    assert "MOBILE_NOT_ON_SERVICE" in shown and f"/messages/{message.pk}/resends/" in shown
    with connected("sms") as gateway:
        assert page.post(f"/messages/{message.pk}/resends/", {"reason": ""}).status_code == 302
        assert fresh(message).state == "dead"
        for _click in range(2):
            assert page.post(f"/messages/{message.pk}/resends/", {"reason": "号码改了"}).status_code == 302
        run_pending(AT + timedelta(minutes=1))

    ((key, payload),) = gateway.got
    assert (key, payload["to"], payload["body"]) == (f"msg:{message.key}~1", "13800005678", message.body)
    assert (fresh(message).state, fresh(message).address) == ("sent", "13800005678")
    assert [entry.reason for entry in AuditEntry.objects.filter(code="messaging.message.resent")] == ["号码改了"]


def test_sending_again_needs_a_right_a_reason_and_a_customer_who_may_still_be_written_to(cast):
    customer = wang(cast)
    message = confirmed(cast, "b-1", customer=customer)
    with pytest.raises(Refused, match="没有停下"):
        resend(message=message, reason="再发", by=cast.manager, at=AT)
    message.outbox.state = "dead"
    message.outbox.save()
    with pytest.raises(Invalid, match="请写明"):
        resend(message=message, reason=" ", by=cast.manager, at=AT)
    with pytest.raises(OutOfScope):
        resend(message=message, reason="再发", by=cast.sh_manager, at=AT)
    with pytest.raises(Forbidden):
        resend(message=message, reason="再发", by=cast.keeper, at=AT)
    ContactPoint.objects.filter(customer=customer).update(active=False)
    with pytest.raises(Refused, match="没有可用的联系方式"):
        resend(message=message, reason="再发", by=cast.manager, at=AT)
    assert fresh(message).state == "dead"


def test_what_fails_after_the_customer_was_closed_is_not_sent_again(cast, client):
    customer = wang(cast)
    message = confirmed(cast, "b-1", customer=customer)
    close_customer(customer=customer, reason="搬走了", by=cast.manager, at=AT)
    by_aliyun(client, {"biz_id": "b-1", "success": False, "err_code": "MOBILE_IN_BLACK"})
    with pytest.raises(Refused, match="客户已停止服务"):
        resend(message=fresh(message), reason="再发", by=cast.manager, at=AT)
    assert fresh(message).state == "dead"


@pytest.mark.req("NFR-001", part="SMS")
def test_every_sending_is_counted_in_parts_at_the_price_of_the_day_and_summed(cast, login):
    price = find("messaging.sms_price").default
    assert price == Decimal("0.045")
    customer = wang(cast)
    confirmed(cast, "a", "b", customer=customer)
    confirmed(cast, "c", customer=customer)
    send(customer=customer, template="case_solved", values={"case_no": "C1"}, by=cast.manager, at=AT)
    run_pending(AT)

    assert [(cost.parts, cost.amount) for cost in MessageCost.objects.order_by("pk")] == [
        (2, Decimal("0.090")), (1, Decimal("0.045")), (1, Decimal("0.045")),
    ]  # fmt: skip
    rows = costs(cast.manager, AT - timedelta(days=60))
    assert [(row.template, row.centre, row.sendings, row.parts, row.amount) for row in rows] == [
        ("appt_confirmed", cast.bj.zh, 2, 3, Decimal("0.135")), ("case_solved", cast.bj.zh, 1, 1, Decimal("0.045")),
    ]  # fmt: skip
    assert sums(cast.manager) == [(3, 4, Decimal("0.180"))]
    assert costs(cast.sh_manager, AT - timedelta(days=60)) == []
    page = login(cast.manager).get("/messages/costs/").content.decode()
    assert "发送 3 次，4 条" in page and "¥0.14" in page
    assert "¥0.090" in login(cast.manager).get("/messages/").content.decode()


def sums(user):
    return [(one.sendings, one.parts, one.amount) for one in totals(user, AT - timedelta(days=60))]


def test_the_sum_of_a_month_has_also_what_the_list_leaves_out(cast, login, monkeypatch):
    for module in (costing, views):
        monkeypatch.setattr(module, "ROWS", 1)
    customer = wang(cast)
    confirmed(cast, "a", "b", customer=customer)
    revise_template(code="appt_confirmed", texts={"zh": BOOKED_WORDS}, by=cast.admin, at=AT)
    confirmed(cast, "c", customer=customer)
    send(customer=customer, template="case_solved", values={"case_no": "C1"}, by=cast.manager, at=AT)
    run_pending(AT)

    (row,) = costs(cast.manager, AT - timedelta(days=60))
    assert (row.template, row.words, row.sendings, row.parts) == ("appt_confirmed", BOOKED_WORDS, 2, 3)
    assert sums(cast.manager) == [(3, 4, Decimal("0.180"))]
    page = login(cast.manager).get("/messages/costs/").content.decode()
    assert "发送 3 次，4 条" in page and "这里只列出前 1 行，每月合计包括全部。" in page


def test_a_demo_shows_its_messages_and_says_that_nothing_left(cast, login):
    transports.register("sms", show)
    send(customer=wang(cast), template="case_solved", values={"case_no": "C1"}, by=cast.manager, at=AT)
    run_pending(AT)
    page = login(cast.manager).get("/messages/").content.decode()

    assert "发件箱（演示）" in page and "什么都没有真正发出去" in page and "只在屏幕上显示" in page
    assert not MessageCost.objects.exists()
    transports.close("sms")
    assert "发件箱（演示）" not in login(cast.manager).get("/messages/").content.decode()
