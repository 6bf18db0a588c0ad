"""Template messages leave by the official account: one token for all, renewed in time and when it is refused; each answer means something."""

import json

import pytest

from kefu.customers.models import ContactPoint
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices import queries as bell
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.actions import send
from kefu.messaging.channels import open_configured
from kefu.messaging.models import Message
from kefu.messaging.ports.registered import Registered, RegisteredTemplates
from kefu.messaging.ports.wechat import WechatAccount
from kefu.messaging.tests.gateways import answers, garbage, hangs_up, provider
from kefu.messaging.tests.people import wang, wechat
from kefu.testing.cast import AT

TOKEN = answers({"access_token": "token-1", "expires_in": 7200})
RENEWED = answers({"access_token": "token-2", "expires_in": 7200})
FINE = answers({"errcode": 0, "errmsg": "ok", "msgid": 200228332})
TEMPLATES = RegisteredTemplates({"appt_confirmed": Registered("tm-1", (("thing1", "item"), ("first", "first")))})
PAYLOAD = {
    "to": "openid-wang",
    "template": "appt_confirmed",
    "values": {"item": "初诊"},
    "first": "王女士您好",
    "remark": "谢谢",
}
BOOKED = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def account(url: str, clock=None) -> WechatAccount:
    return WechatAccount("wx1", "wechat-secret", TEMPLATES, url, clock or Clock())


def refusal(code: int):
    return answers({"errcode": code, "errmsg": "because"})


def test_the_template_is_filled_and_the_token_asked_for_once():
    clock = Clock()
    with provider(TOKEN, FINE, FINE, RENEWED, FINE) as there:
        port = account(there.url, clock)
        assert port(PAYLOAD, "msg:7") == Taken("wechat", ("200228332",))
        port(PAYLOAD, "msg:8")
        clock.now = 6901
        port(PAYLOAD, "msg:9")

    asked, first, _second, again, third = there.got
    assert (asked.path, asked.json()["appid"], asked.json()["force_refresh"]) == ("/cgi-bin/stable_token", "wx1", False)
    assert first.query == {"access_token": "token-1"} and third.query == {"access_token": "token-2"}
    assert again.path == "/cgi-bin/stable_token"
    assert first.json() == {
        "touser": "openid-wang", "template_id": "tm-1", "client_msg_id": "msg:7",
        "data": {"thing1": {"value": "初诊"}, "first": {"value": "王女士您好"}},
    }  # fmt: skip


@pytest.mark.parametrize("code", [40001, 42001])
def test_a_token_that_is_refused_is_renewed_and_the_message_sent_at_once(code):
    with provider(TOKEN, refusal(code), RENEWED, FINE) as there:
        assert account(there.url)(PAYLOAD, "msg:7").references == ("200228332",)
    assert there.got[2].json()["force_refresh"] is True
    assert there.got[3].query == {"access_token": "token-2"}


@pytest.mark.parametrize(
    ("code", "error", "unknown"),
    [(-1, TransientError, False), (45009, TransientError, False), (40001, TransientError, False), (40037, NotReadyError, False),
     (48001, NotReadyError, False), (43004, PermanentError, True), (40003, PermanentError, True), (43101, PermanentError, False)],
)  # fmt: skip
def test_each_refusal_is_for_now_for_good_or_for_somebody_to_set_right(code, error, unknown):
    behaviours = [TOKEN, refusal(code), RENEWED, refusal(code)]
    with provider(*behaviours) as there, pytest.raises(error, match=str(code)) as raised:
        account(there.url)(PAYLOAD, "msg:7")
    assert getattr(raised.value, "no_such_address", False) is unknown
    assert "token-1" not in str(raised.value) and "wechat-secret" not in str(raised.value)


@pytest.mark.parametrize(
    "behaviour", [garbage, hangs_up, answers(b"<html>"), answers({}), answers({"errcode": 40164}, 500)]
)
def test_who_answers_nonsense_is_tried_later(behaviour):
    with provider(behaviour) as there, pytest.raises(TransientError):
        account(there.url)(PAYLOAD, "msg:7")
    with provider(TOKEN, behaviour) as there, pytest.raises(TransientError):
        account(there.url)(PAYLOAD, "msg:7")


def test_a_wrong_secret_holds_the_message():
    with provider(refusal(40125)) as there, pytest.raises(NotReadyError, match="40125"):
        account(there.url)(PAYLOAD, "msg:7")


@pytest.mark.req("NFR-001", part="WeChat")
@pytest.mark.req("NFR-002", part="WeChat")
def test_a_customer_who_follows_hears_by_wechat_and_one_who_left_is_told_of(cast, tmp_path):
    file = tmp_path / "wechat.yaml"
    file.write_text(
        "appt_confirmed: {id: tm-1, parameters: {thing1: item, time2: time, first: first}}", encoding="utf-8"
    )
    customer = wang(cast)
    ContactPoint.objects.filter(customer=customer).update(active=False)
    wechat(customer)
    before = transports.transport("wechat")
    with provider(TOKEN, FINE, refusal(43004)) as there:
        open_configured({
            "KEFU_WECHAT_APP": "wx1", "KEFU_WECHAT_SECRET": "s", "KEFU_WECHAT_URL": there.url, "KEFU_WECHAT_TEMPLATES": str(file),
        })  # fmt: skip
        sent = [
            send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT, key=key)
            for key in "ab"
        ]
        run_pending(AT)
        run_pending(AT)
    transports.close("wechat")
    if before:
        transports.register("wechat", before)

    first, second = (Message.objects.get(pk=message.pk) for message in sent)
    assert (first.channel, first.state, first.outbox.references) == ("wechat", "sent", ["200228332"])
    data = json.loads(there.got[1].body)["data"]
    assert (data["thing1"]["value"], data["time2"]["value"]) == ("初诊", "14:30")
    assert data["first"]["value"].startswith("王女士您好，您12月3日14:30的初诊已预约成功")
    assert (second.state, second.outbox.last_error) == ("dead", "43004 because")
    assert bell.latest(cast.manager)[0].text == "发给王小梅的微信没有送达，请用其他方式联系。"
    assert ContactPoint.objects.get(customer=customer, kind="wechat").doubt == "43004 because"


def test_settings_that_cannot_work_are_said_at_the_start(tmp_path):
    with pytest.raises(ValueError, match=r"KEFU_WECHAT_APP needs KEFU_WECHAT_SECRET$"):
        open_configured({"KEFU_WECHAT_APP": "wx1"})
    file = tmp_path / "wechat.yaml"
    file.write_text("appt_confirmed: {id: tm-1, parameters: [colour]}", encoding="utf-8")
    with pytest.raises(ValueError, match="the template has no colour"):
        open_configured({"KEFU_WECHAT_APP": "wx1", "KEFU_WECHAT_SECRET": "s", "KEFU_WECHAT_TEMPLATES": str(file)})
