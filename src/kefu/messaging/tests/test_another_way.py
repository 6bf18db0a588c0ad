"""The official account reports what became of its messages; whom WeChat does not reach hears it once by another way."""

import hashlib
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kefu.customers.actions import give_consent
from kefu.customers.actions.contacts import add_contact
from kefu.customers.models import ContactPoint, Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices import queries as bell
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.models import DeliveryReceipt
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import PermanentError, Taken
from kefu.kernel.errors import Refused
from kefu.messaging.actions import opt_out, resend, send, set_wish
from kefu.messaging.channels import open_configured
from kefu.messaging.jobs import other_way
from kefu.messaging.models import HeardPost, Message
from kefu.messaging.ports import listening
from kefu.messaging.ports.plain import signature
from kefu.messaging.tests.people import wang, wechat
from kefu.testing.cast import AT, SHANGHAI

TOKEN = "Abcdefgh12345678"
BOOKED = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}
EVENT = """<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[openid-wang]]></FromUserName><CreateTime>1795327200</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>{number}</MsgID><Status><![CDATA[{status}]]></Status></xml>"""


@pytest.fixture(autouse=True)
def _account(tmp_path):
    file = tmp_path / "wechat.yaml"
    file.write_text("appt_confirmed: {id: tm-1, parameters: {thing1: item}}", encoding="utf-8")
    listening.deafen()
    for channel in ("sms", "email", "wechat"):
        transports.close(channel)
    open_configured({
        "KEFU_WECHAT_APP": "wx1", "KEFU_WECHAT_SECRET": "s", "KEFU_WECHAT_TEMPLATES": str(file), "KEFU_WECHAT_TOKEN": TOKEN,
    })  # fmt: skip
    transports.register("wechat", lambda payload, key: Taken("wechat", ("200163836",)))
    yield
    listening.deafen()
    for channel in ("sms", "email", "wechat"):
        transports.close(channel)


def asked(*, nonce: str = "n1", token: str = TOKEN, old: int = 0) -> dict[str, str]:
    now = str(int((timezone.now() - timedelta(seconds=old)).timestamp()))
    signed = hashlib.sha1("".join(sorted((token, now, nonce))).encode()).hexdigest()
    return {"signature": signed, "timestamp": now, "nonce": nonce}


def tell(client, body: str | bytes, query: dict[str, str] | None = None):
    address = "/receipts/wechat/?" + "&".join(f"{name}={value}" for name, value in (query or asked()).items())
    return client.post(address, body, "text/xml")


def event(status: str, number: str = "200163836") -> str:
    return EVENT.format(number=number, status=status)


def told(cast, customer: Customer | None = None, *, at: datetime = AT, **more) -> Message:
    """A confirmation that WeChat has taken."""
    customer = customer or wang(cast)
    wechat(customer)
    message = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=at, **more)
    run_pending(at)
    assert (fresh(message).channel, fresh(message).state) == ("wechat", "sent")
    return message


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def instead(message: Message) -> Message | None:
    return Message.objects.filter(instead_of=message).first()


# -- the address for reports --------------------------------------------------------------------------------------------------------------


@pytest.mark.req("NFR-002", part="WeChat")
def test_the_official_account_tries_the_address_and_reports_that_a_message_arrived(cast, client):
    message = told(cast)
    answer = client.get("/receipts/wechat/", asked() | {"echostr": "4815162342"})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"4815162342", "text/plain")
    assert client.get("/receipts/wechat/", asked() | {"echostr": "<script>"}).status_code == 400
    assert client.get("/receipts/wechat/", asked(token="another") | {"echostr": "1"}).status_code == 403

    answer = tell(client, event("success"))

    assert (answer.status_code, answer.content) == (200, b"success")
    assert fresh(message).state == "delivered"
    receipt = DeliveryReceipt.objects.get()
    assert receipt.happened_at == datetime.fromtimestamp(1795327200, SHANGHAI)


@pytest.mark.parametrize("fault", ["token", "old", "signature", "none"])
def test_a_forged_report_changes_nothing(cast, client, fault):
    message = told(cast)
    query = asked(token="wrong" if fault == "token" else TOKEN, old=400 if fault == "old" else 0)
    query |= {"signature": "é" * 40} if fault == "signature" else {}
    answer = tell(client, event("failed:user block"), {"nothing": "1"} if fault == "none" else query)
    assert (answer.status_code, fresh(message).state, DeliveryReceipt.objects.count()) == (403, "sent", 0)


def test_a_signature_that_was_overheard_brings_no_other_words(cast, client):
    message, heard = told(cast), asked()
    assert tell(client, event("success", "1"), heard).status_code == 200
    assert tell(client, event("success", "1"), heard).content == b"success"  # our answer got lost, WeChat asks again
    refused = tell(client, event("failed:user block"), heard)
    assert (refused.status_code, refused.json(), fresh(message).state) == (403, {"error": "used before"}, "sent")

    HeardPost.objects.update(at=timezone.now() - timedelta(minutes=11))
    tell(client, event("success", "2"), asked(nonce="n2"))
    assert HeardPost.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [("", "no XML"), ("<xml><a>", "no XML"), ('{"MsgID": 1}', "no XML"), (b"\xff\xfe\x00<", "no XML"),
     ("<xml><Encrypt><![CDATA[AAAA]]></Encrypt></xml>", "encrypted"), ("<xml/>", "no message of an official account"),
     ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><MsgID>&b;</MsgID></xml>', "declarations"),
     ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>', "declarations"), ("<a>" * 5000, "more than a message"),
     (event("success", ""), "without MsgID"), (event("success", "9" * 200), "without MsgID")],
)  # fmt: skip
def test_garbage_is_refused_with_the_reason(cast, client, body, why):
    answer = tell(client, body)
    assert answer.status_code == 400 and answer.json()["error"] == "unreadable" and why in answer.json()["why"]
    assert DeliveryReceipt.objects.count() == 0 == HeardPost.objects.count()


def test_whatever_else_an_official_account_hears_is_thanked_for(cast, client):
    follows = event("success").replace("TEMPLATESENDJOBFINISH", "subscribe")
    assert tell(client, follows).content == b"success"
    assert DeliveryReceipt.objects.count() == 0


def test_no_other_provider_may_be_tried_with_get(cast, client):
    open_configured({"KEFU_SMS_URL": "http://127.0.0.1:1/", "KEFU_SMS_KEY": "k", "KEFU_SMS_SECRET": "s"})
    assert client.get("/receipts/plain/").status_code == 405
    deep = "[" * 100_000
    now = str(int(timezone.now().timestamp()))
    for body in (deep, '{"id": "a\\u0000b", "state": "failed"}', '{"id": "a\\ud800", "state": "failed"}'):
        signed = {"X-Time": now, "X-Signature": signature("k", "s", now, body.encode())}
        assert client.post("/receipts/plain/", body, "application/json", headers=signed).status_code == 400


def test_a_token_that_is_easily_guessed_is_said_at_the_start(tmp_path):
    file = tmp_path / "w.yaml"
    file.write_text("appt_confirmed: {id: t}", encoding="utf-8")
    with pytest.raises(ValueError, match="KEFU_WECHAT_TOKEN must be 16 to 32"):
        open_configured({"KEFU_WECHAT_APP": "a", "KEFU_WECHAT_SECRET": "s", "KEFU_WECHAT_TEMPLATES": str(file), "KEFU_WECHAT_TOKEN": "kefu"})  # fmt: skip


# -- another way ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.req("NFR-001", part="WeChat")
@pytest.mark.req("NFR-001", part="SMS")
def test_who_blocks_the_account_gets_the_same_words_once_by_text_message(cast, client):
    message = told(cast, key="appointment:7:confirmed")
    with connected("sms") as gateway:
        tell(client, event("failed:user block"))
        run_pending(AT)
        run_pending(AT)
        tell(client, event("failed:user block"), asked(nonce="again"))
        other_way(message_id=message.pk, at=AT)
        run_pending(AT)

    ((_key, payload),) = gateway.got
    assert payload["body"].startswith("【和康】王女士您好，您12月3日14:30的初诊已")
    sent = instead(message)
    assert (sent.channel, sent.state, sent.by, sent.template) == ("sms", "sent", cast.manager, message.template)
    assert fresh(message).state == "dead" and not bell.latest(cast.manager)
    assert AuditEntry.objects.filter(code="messaging.message.sent").count() == 2
    with pytest.raises(Refused, match="改走"):
        resend(message=fresh(message), reason="再试", by=cast.manager, at=AT)


@pytest.mark.parametrize("code", ["43004 require subscribe", "43101 user refuse", "40003 invalid openid"])
def test_who_does_not_follow_hears_by_the_way_she_likes_best(cast, code):
    customer = wang(cast, email="wang@example.com")
    set_wish(customer=customer, language="zh-hans", channel="email", by=cast.manager, at=AT)
    wechat(customer)
    with connected("wechat") as account, connected("sms") as sms, connected("email") as mail:
        account.errors.append(PermanentError(code))
        liked = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        set_wish(customer=customer, language="zh-hans", channel="wechat", by=cast.manager, at=AT)
        message = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        set_wish(customer=customer, language="zh-hans", channel="email", by=cast.manager, at=AT)
        run_pending(AT)
        run_pending(AT)

    assert (fresh(liked).channel, fresh(message).channel, fresh(message).state) == ("email", "wechat", "dead")
    assert (instead(message).channel, len(sms.got), len(mail.got)) == ("email", 0, 2)


@pytest.mark.parametrize("fault", ["failed: system failed", "failed"])
def test_what_is_wrong_with_the_account_sends_nothing_elsewhere(cast, client, fault):
    message = told(cast)
    with connected("sms") as gateway:
        tell(client, event(fault))
        run_pending(AT)
    assert gateway.got == [] and instead(message) is None
    assert bell.latest(cast.manager)[0].text == "发给王小梅的微信没有送达，请用其他方式联系。"


def test_another_way_that_fails_too_is_the_last_one(cast, client):
    customer = wang(cast, email="wang@example.com")
    message = told(cast, customer)
    with connected("sms") as gateway, connected("email") as mail:
        gateway.errors.append(PermanentError("43004 this is no WeChat"))
        tell(client, event("failed:user block"))
        run_pending(AT)
        run_pending(AT)

    assert (instead(message).state, Message.objects.count(), mail.got) == ("dead", 2, [])
    assert bell.latest(cast.manager)[0].text == "发给王小梅的短信没有送达，请用其他方式联系。"


def test_a_greeting_asks_again_whether_it_is_wanted_and_waits_for_the_morning(cast, client):
    night = AT.replace(hour=20, minute=59)
    customer = wang(cast)
    wechat(customer)
    for scope in ("marketing_wechat", "marketing_sms"):
        give_consent(customer=customer, scope=scope, method="spoken", note="可以", by=cast.manager, at=AT)
    greeting = send(customer=customer, template="birthday", by=cast.manager, at=night)
    run_pending(night)
    with connected("sms") as gateway:
        tell(client, event("failed:user block"))
        run_pending(night + timedelta(minutes=30))
        run_pending(night + timedelta(minutes=31))
        assert gateway.got == [] and instead(greeting).state == "pending"
        run_pending(night.replace(hour=8, minute=30) + timedelta(days=1))
        assert len(gateway.got) == 1


@pytest.mark.parametrize("how", ["never agreed", "opted out"])
def test_who_did_not_agree_to_the_other_way_is_left_in_peace(cast, client, how):
    customer = wang(cast)
    wechat(customer)
    for scope in ["marketing_wechat"] + ["marketing_sms"] * (how == "opted out"):
        give_consent(customer=customer, scope=scope, method="spoken", note="可以", by=cast.manager, at=AT)
    greeting = send(customer=customer, template="birthday", by=cast.manager, at=AT)
    run_pending(AT)
    if how == "opted out":
        opt_out(customer=customer, reason="不要", by=cast.manager, at=AT)
    with connected("sms") as gateway:
        tell(client, event("failed:user block"))
        run_pending(AT)
    assert gateway.got == [] and instead(greeting) is None
    assert bell.latest(cast.manager)[0].text == "发给王小梅的微信没有送达，请用其他方式联系。"


def test_a_customer_with_no_other_address_is_told_of_to_whoever_wrote(cast, client):
    message = told(cast)
    for point in ContactPoint.objects.filter(customer=message.customer, kind="phone"):
        point.active = False
        point.save()
    tell(client, event("failed:user block"))
    run_pending(AT)
    assert instead(message) is None and len(bell.latest(cast.manager)) == 1
    add_contact(customer=message.customer, kind="email", value="w@example.com", by=cast.manager, at=AT)
    other_way(message_id=message.pk, at=AT)
    assert instead(message).channel == "email"
