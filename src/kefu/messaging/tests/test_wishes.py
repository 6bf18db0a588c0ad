"""How a customer likes to be written to, and trying words on oneself before customers read them."""

import pytest

from kefu.customers.actions import give_consent
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.testing import connected
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.messaging.actions import revise_template, send, send_test, set_wish
from kefu.messaging.content import load as load_messages
from kefu.messaging.models import Message, Template, Wish
from kefu.messaging.rules import revealing
from kefu.messaging.shipped import words
from kefu.messaging.tests.people import wang, wechat
from kefu.messaging.tests.test_send import BOOKED
from kefu.testing.cast import AT


@pytest.fixture(autouse=True)
def _no_channels():
    for channel in ("sms", "wechat", "email"):
        transports.close(channel)


def wish(cast, customer, **more):
    return set_wish(customer=customer, **{"language": "en", **more}, by=cast.manager, at=AT)


def test_who_reads_english_gets_english_with_the_days_and_places_of_that_language(cast):
    customer = wang(cast)
    wish(cast, customer)
    with connected("sms") as gateway:
        send(
            customer=customer,
            template="appt_confirmed",
            values=BOOKED | {"item": "First visit", "centre": lambda: cast.bj.label},
            by=cast.manager,
            at=AT,
        )
        run_pending(AT)

    assert [payload["body"] for _key, payload in gateway.got] == [
        "【和康】Hello 王小梅, your First visit on 12/3 at 14:30, Beijing Chaoyang centre, is booked. Please be on time; for changes call "
        "010-00000000 a day before."
    ]


def test_over_wechat_and_mail_english_words_come_whole(cast):
    customer = wang(cast, email="wang@example.com")
    wechat(customer)
    wish(cast, customer)
    with connected("wechat") as gateway:
        message = send(customer=customer, template="report_online", by=cast.manager, at=AT)
        run_pending(AT)
    assert (
        gateway.got[0][1]["first"]
        == message.body
        == "Hello 王小梅, your report can be read after login. Your doctor will explain it."
    )
    with connected("email") as mail:
        send(customer=customer, template="report_online", by=cast.manager, at=AT)
        run_pending(AT)
    assert mail.got[0][1]["subject"] == "Laboratory and reports"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lunar_month": 3}, "lunar_month"),
        ({"lunar_leap": True}, "lunar_month"),
        ({"lunar_month": 13, "lunar_day": 1}, "lunar_day"),
        ({"language": "fr"}, "language"),
        ({"no_greetings": "很" * 201}, "no_greetings"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_beside_its_field(cast, given, field):
    customer = wang(cast)
    with pytest.raises(Invalid) as refused:
        wish(cast, customer, **given)
    assert [one.field for one in refused.value.errors] == [field]
    assert not Wish.objects.exists()


def test_wishes_are_for_who_looks_after_the_customer(cast):
    customer = wang(cast)
    with pytest.raises(OutOfScope):
        set_wish(customer=customer, language="en", by=cast.sh_manager, at=AT)


def test_who_wants_no_greetings_still_hears_of_bookings(cast):
    customer = wang(cast)
    give_consent(customer=customer, scope="marketing_sms", method="spoken", note="可以", by=cast.manager, at=AT)
    wish(cast, customer, language="zh-hans", no_greetings="家里有丧事")
    assert send(customer=customer, template="birthday", by=cast.manager, at=AT).withheld == "no_greetings"
    assert send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT).state == "pending"


def test_a_greeting_that_waits_stays_here_once_none_is_wanted(cast):
    customer = wang(cast)
    give_consent(customer=customer, scope="marketing_sms", method="spoken", note="可以", by=cast.manager, at=AT)
    with connected("sms") as gateway:
        greeting = send(customer=customer, template="birthday", by=cast.manager, at=AT)
        booked = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
        wish(cast, customer, language="zh-hans", no_greetings="家里有丧事")
        run_pending(AT)
        assert len(gateway.got) == 1
    assert [Message.objects.get(pk=one.pk).state for one in (greeting, booked)] == ["cancelled", "sent"]


def test_the_page_keeps_the_wish_and_says_what_is_wrong(cast, login):
    customer = wang(cast)
    browser = login(cast.manager)
    path = f"/customers/{customer.pk}/message-wishes/"
    assert browser.get(path).status_code == 200
    wrong = browser.post(path, {"language": "zh-hans", "lunar_month": "6"})
    assert wrong.status_code == 422 and "农历生日的月和日要一起填。" in wrong.content.decode()
    assert (
        browser.post(
            path, {"language": "zh-hans", "lunar_month": "6", "lunar_day": "1", "lunar_leap": "on"}
        ).status_code
        == 302
    )
    assert Wish.objects.get().lunar_label == "闰六月初一"
    assert AuditEntry.objects.filter(code="messaging.wish.set", customer_id=customer.pk).count() == 1


def test_a_test_goes_to_oneself_marked_and_counted(cast):
    load_messages(by=None, at=AT)
    cast.admin.phone = "13900000000"
    cast.admin.save()
    template = Template.objects.get(code="appt_confirmed")
    with connected("sms") as gateway:
        for _time in range(20):
            send_test(template=template, by=cast.admin, at=AT)
        with pytest.raises(Refused, match="今天已发 20 条"):
            send_test(template=template, by=cast.admin, at=AT)
        run_pending(AT)

    assert {payload["to"] for _key, payload in gateway.got} == {"13900000000"}
    assert len(gateway.got) == 20
    assert gateway.got[0][1]["body"].startswith("【测试】【和康】王女士您好，您12月3日14:30的初诊已预约成功")
    with pytest.raises(Refused, match="没有登记"):
        cast.admin.phone = ""
        send_test(template=template, by=cast.admin, at=AT)


def test_no_shipped_message_names_a_test_or_a_result():
    for code, shipped in words().items():
        for text in (
            shipped.zh,
            shipped.en,
            shipped.email_subject,
            shipped.email_body,
            shipped.wechat_first,
            shipped.wechat_remark,
        ):
            assert revealing(text) == [], code


@pytest.mark.parametrize("text", ["您的血糖偏高", "结果为阳性", "您的{result}已出", "肿瘤标志物 3.2 ng/ml"])
def test_words_that_reveal_are_refused_when_they_are_saved(cast, text):
    load_messages(by=None, at=AT)
    with pytest.raises(Invalid):
        revise_template(code="report_ready_collect", texts={"zh": f"{{name}}您好，{text}。"}, by=cast.admin, at=AT)
    assert Template.objects.filter(code="report_ready_collect").count() == 1
