"""Text messages leave by the provider that is configured, signed as it wants; what it answers decides what becomes of them."""

import json
from datetime import timedelta

import pytest

from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.actions import send
from kefu.messaging.channels import open_configured
from kefu.messaging.models import Message
from kefu.messaging.ports import aliyun, calling, tencent
from kefu.messaging.ports.aliyun import AliyunGateway
from kefu.messaging.ports.plain import PlainGateway
from kefu.messaging.ports.registered import Registered, RegisteredTemplates
from kefu.messaging.ports.tencent import TencentGateway
from kefu.messaging.rules import sms_parts
from kefu.messaging.tests.gateways import answers, drips, garbage, hangs_up, never_answers, provider, twice
from kefu.messaging.tests.people import PHONE, wang
from kefu.testing.cast import AT

NOW = 1795337312.6
TEXT = "【和康】王女士您好，您12月3日14:30的初诊已预约成功，北京朝阳中心。请准时到；改期请提前一天告知010-00000000。"
VALUES = {"name": "王女士", "month": "12", "day": "3", "time": "14:30"}
PAYLOAD = {"to": PHONE, "body": TEXT, "template": "appt_confirmed", "values": VALUES}
TEMPLATES = RegisteredTemplates({"appt_confirmed": Registered("SMS_154950909", (("who", "name"), ("moon", "month")))})
SECRET = "very-secret-indeed"
BOOKED = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}


def plain(url: str) -> PlainGateway:
    return PlainGateway(f"{url}/send", "kefu", SECRET, clock=lambda: NOW)


def by_aliyun(url: str) -> AliyunGateway:
    return AliyunGateway("LTAI", SECRET, "和康", TEMPLATES, url, clock=lambda: NOW, nonce=lambda: "n1")


def by_tencent(url: str) -> TencentGateway:
    return TencentGateway("AKID", SECRET, "和康", "1400006666", TEMPLATES, url, clock=lambda: NOW)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(calling, "PATIENCE", 0.3)
    monkeypatch.setattr(calling, "WHOLE", 0.3)


def test_the_signature_of_alibaba_cloud_is_that_of_its_documentation():
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances", "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z", "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    }  # fmt: skip
    signed = aliyun.sign("YourAccessKeyId", "YourAccessKeySecret", query, headers, b"")["Authorization"]
    assert signed == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )
    assert aliyun.canonical({"b": "a b*c~d!", "a": "王"}) == "a=%E7%8E%8B&b=a%20b%2Ac~d%21"


def test_the_signature_of_tencent_cloud_is_that_of_its_documentation():
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    key, secret = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", "Gu5t9xGARNpq86cd98joQYCN3*******"
    assert tencent.authorization(key, secret, "cvm", headers, body, 1551113065) == (
        f"TC3-HMAC-SHA256 Credential={key}/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, "
        "Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"
    )


def test_alibaba_cloud_gets_its_own_template_filled_and_our_key():
    with provider(answers({"Code": "OK", "Message": "OK", "BizId": "9006^0", "RequestId": "r"})) as there:
        taken = by_aliyun(there.url)(PAYLOAD, "msg:7")

    (call,) = there.got
    assert taken == Taken("aliyun", ("9006^0",), 1)
    parameters = json.loads(call.query.pop("TemplateParam"))
    assert parameters == {"who": "王女士", "moon": "12"}
    assert call.query | {"TemplateParam": ""} == {
        "PhoneNumbers": PHONE, "SignName": "和康", "TemplateCode": "SMS_154950909", "OutId": "msg:7", "TemplateParam": "",
    }  # fmt: skip
    assert (call.headers["x-acs-action"], call.headers["x-acs-date"]) == ("SendSms", "2026-11-22T08:48:32Z")
    assert call.headers["authorization"].startswith("ACS3-HMAC-SHA256 Credential=LTAI,SignedHeaders=host;x-acs-action;")


def test_tencent_cloud_gets_its_own_template_filled_by_position_and_our_key():
    status = {"SerialNo": "5000:104", "PhoneNumber": f"+86{PHONE}", "Fee": 2, "SessionContext": "msg:7", "Code": "Ok"}
    with provider(answers({"Response": {"SendStatusSet": [status], "RequestId": "r"}})) as there:
        taken = by_tencent(there.url)(PAYLOAD, "msg:7")

    (call,) = there.got
    assert taken == Taken("tencent", ("5000:104",), 2)
    assert call.json() == {
        "PhoneNumberSet": [f"+86{PHONE}"], "SmsSdkAppId": "1400006666", "SignName": "和康", "TemplateId": "SMS_154950909",
        "TemplateParamSet": ["王女士", "12"], "SessionContext": "msg:7",
    }  # fmt: skip
    assert (call.headers["x-tc-action"], call.headers["x-tc-timestamp"]) == ("SendSms", "1795337312")
    assert "SignedHeaders=content-type;host;x-tc-action, " in call.headers["authorization"]


def refused_by_tencent(code):
    return {"Response": {"SendStatusSet": [{"Code": code, "Message": f"about {PHONE}"}], "RequestId": "r"}}


ANSWERS = [
    (by_aliyun, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "hour"}, TransientError),
    (by_aliyun, {"Code": "Throttling.User"}, TransientError),
    (by_aliyun, {"Code": "isv.AMOUNT_NOT_ENOUGH"}, NotReadyError),
    (by_aliyun, {"Code": "SignatureDoesNotMatch"}, NotReadyError),
    (by_aliyun, {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}, NotReadyError),
    (by_aliyun, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": f"about {PHONE}"}, PermanentError),
    (by_aliyun, {"Code": "isv.BLACK_KEY_CONTROL_LIMIT"}, PermanentError),
    (by_tencent, refused_by_tencent("LimitExceeded.PhoneNumberThirtySecondLimit"), TransientError),
    (by_tencent, {"Response": {"Error": {"Code": "InternalError", "Message": "x"}}}, TransientError),
    (by_tencent, {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}, NotReadyError),
    (by_tencent, refused_by_tencent("FailedOperation.InsufficientBalanceInSmsPackage"), NotReadyError),
    (by_tencent, refused_by_tencent("FailedOperation.TemplateIncorrectOrUnapproved"), NotReadyError),
    (by_tencent, refused_by_tencent("InvalidParameterValue.IncorrectPhoneNumber"), PermanentError),
    (by_tencent, {"Response": "busy"}, TransientError),
    (by_tencent, {"Response": {"SendStatusSet": []}}, TransientError),
    (plain, {"error": "no_such_number"}, PermanentError),
]


@pytest.mark.parametrize(("make", "said", "error"), ANSWERS)
@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_is_for_now_for_good_or_for_somebody_to_set_right(make, said, error, status):
    if make is plain and status == 400:
        return
    with provider(answers(said, status)) as there, pytest.raises(error) as raised:
        make(there.url)(PAYLOAD, "msg:7")

    assert SECRET not in str(raised.value) and PHONE not in str(raised.value)
    unknown = "NUMBER_ILLEGAL" in str(said) or "IncorrectPhone" in str(said) or "no_such_number" in str(said)
    assert getattr(raised.value, "no_such_address", False) is unknown


@pytest.mark.parametrize("make", [plain, by_aliyun, by_tencent])
@pytest.mark.parametrize(
    "behaviour",
    [garbage, hangs_up, never_answers, drips, answers(b"<html>Please log in</html>"), answers(b"[1]"), answers(b"{}", 503),
     answers(b"slow down", 429), answers(b"x" * 70_000)],
)  # fmt: skip
def test_a_provider_that_misbehaves_is_tried_later(make, behaviour, impatient):
    with provider(behaviour) as there, pytest.raises(TransientError) as raised:
        make(there.url)(PAYLOAD, "msg:7")
    assert SECRET not in str(raised.value)
    assert len(there.got) == 1


@pytest.mark.parametrize("make", [plain, by_aliyun, by_tencent])
def test_a_provider_that_is_down_is_tried_later_and_one_that_sends_elsewhere_is_not_followed(make):
    with provider(answers({}, 302)) as there, pytest.raises((PermanentError, TransientError)):
        make(there.url)(PAYLOAD, "msg:7")
    with pytest.raises(TransientError, match="out of reach"):
        make(there.url)(PAYLOAD, "msg:7")
    assert len(there.got) == 1


@pytest.mark.parametrize(
    ("make", "said", "taken"),
    [
        (plain, {"id": "g-1", "parts": 2}, Taken("plain", ("g-1",), 2)),
        (by_aliyun, {"Code": "OK", "BizId": "b-1"}, Taken("aliyun", ("b-1",))),
        (
            by_tencent,
            {"Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "5:1", "Fee": 2}]}},
            Taken("tencent", ("5:1",), 2),
        ),
    ],
)
def test_a_provider_that_answers_twice_has_taken_one_message(make, said, taken):
    with provider(twice(said)) as there:
        assert make(there.url)(PAYLOAD, "msg:7") == taken
    assert len(there.got) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("{" * 80, 1), ("{" * 81, 2), ("王" * 70, 1), ("王" * 71, 2), ("王" * 134, 2),
     ("王" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("a" * 306, 2), ("a" * 307, 3)],
)  # fmt: skip
def test_parts_are_counted_as_providers_count_them(text, parts):
    assert sms_parts(text) == parts


@pytest.mark.req("NFR-002", part="SMS")
@pytest.mark.req("NFR-001", part="SMS")
def test_a_confirmation_leaves_by_the_provider_and_one_without_a_registered_template_is_held_not_lost(cast, tmp_path):
    file = tmp_path / "templates.yaml"
    file.write_text("appt_confirmed: {id: SMS_1, parameters: {who: name, when: time}}\n", encoding="utf-8")
    customer, before = wang(cast), transports.transport("sms")
    accepted = answers({"Code": "OK", "BizId": "b-1"})
    with provider(answers({"Code": "isv.BUSINESS_LIMIT_CONTROL"}), accepted) as there:
        open_configured({
            "KEFU_SMS_PROFILE": "aliyun", "KEFU_SMS_URL": there.url, "KEFU_SMS_KEY": "LTAI", "KEFU_SMS_SECRET": SECRET,
            "KEFU_SMS_SIGN": "和康", "KEFU_SMS_TEMPLATES": str(file),
        })  # fmt: skip
        confirmed = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        solved = send(customer=customer, template="case_solved", values={"case_no": "C1"}, by=cast.manager, at=AT)
        run_pending(AT)
        assert Message.objects.get(pk=confirmed.pk).state == "pending"
        run_pending(AT + timedelta(seconds=30))
    transports.close("sms")
    if before:
        transports.register("sms", before)

    sent, held = Message.objects.get(pk=confirmed.pk), Message.objects.get(pk=solved.pk)
    assert [call.query["TemplateCode"] for call in there.got] == ["SMS_1", "SMS_1"]
    assert json.loads(there.got[1].query["TemplateParam"]) == {"who": "王女士", "when": "14:30"}
    assert (sent.state, sent.outbox.via, sent.outbox.references) == ("sent", "aliyun", ["b-1"])
    assert (held.state, held.outbox.last_error) == ("held", f"{Unready.TEMPLATE.value}: case_solved")


SET = {"KEFU_SMS_KEY": "k", "KEFU_SMS_SECRET": "s", "KEFU_SMS_SIGN": "和康", "KEFU_SMS_APP": "1"}


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("no_such_template: {id: x}", "there is no template 'no_such_template'"),
        ("otp: SMS_1", "otp: must have an id"),
        ("otp: {id: ''}", "otp: must have an id"),
        ("otp: {id: x, parameter: [code]}", "otp: must have an id"),
        ("otp: {id: x, parameters: 7}", "otp: parameters must be"),
        ("otp: {id: x, parameters: [code, colour]}", "otp: the template has no colour"),
        ("otp: {id: x, en: {id: y, parameters: [colour]}}", "otp: en: the template has no colour"),
        ("- otp", "must map template codes"),
        ("otp: {id", "not readable"),
    ],
)
@pytest.mark.parametrize("profile", ["aliyun", "tencent"])
def test_a_wrong_file_of_templates_is_said_at_the_start(tmp_path, written, fault, profile):
    file = tmp_path / "templates.yaml"
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match=f"KEFU_SMS_TEMPLATES: .*{fault}"):
        open_configured(SET | {"KEFU_SMS_PROFILE": profile, "KEFU_SMS_TEMPLATES": str(file)})


def test_missing_settings_are_named_and_a_screen_is_no_way_out_of_a_real_house():
    with pytest.raises(ValueError, match=r"aliyun needs KEFU_SMS_SIGN$"):
        open_configured(SET | {"KEFU_SMS_PROFILE": "aliyun", "KEFU_SMS_SIGN": ""})
    with pytest.raises(ValueError, match="KEFU_SMS_PROFILE must be one of plain, aliyun, tencent, smpp"):
        open_configured({"KEFU_SMS_PROFILE": "pigeon"})
    with pytest.raises(ValueError, match="KEFU_ENV=production"):
        open_configured({"KEFU_SMS_PROFILE": "screen", "KEFU_ENV": "production"})
