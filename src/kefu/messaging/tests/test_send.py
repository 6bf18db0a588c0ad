"""A booking is confirmed: the customer gets the words of the template, once, at a decent hour, where she can be reached."""

from datetime import timedelta

import pytest
from django.db import transaction

from kefu.customers.actions import close_customer, give_consent, withdraw_consent
from kefu.customers.models import ContactPoint, Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices import queries as bell
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import PermanentError
from kefu.kernel.errors import Refused
from kefu.messaging.actions import end_opt_out, opt_out, send
from kefu.messaging.choices import Withheld
from kefu.messaging.models import Message
from kefu.messaging.tests.people import PHONE, wang, wechat
from kefu.organisation.models import User
from kefu.testing.cast import AT
from kefu.testing.locks import lock_order

BOOKED = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}
CONFIRMED = (
    "【和康】王女士您好，您12月3日14:30的初诊已预约成功，北京朝阳中心。请准时到；改期请提前一天告知010-00000000。"
)


@pytest.fixture(autouse=True)
def _no_channels():
    for channel in ("sms", "wechat", "email"):
        transports.close(channel)


def agree(cast, customer, scope):
    give_consent(customer=customer, scope=scope, method="spoken", note="电话里说可以", by=cast.manager, at=AT)


def confirm(cast, customer, **more):
    return send(
        customer=customer, template="appt_confirmed", values=BOOKED, subject=Subject("appointments.appointment", 7),
        by=cast.manager, at=AT, **more,
    )  # fmt: skip


def test_the_confirmation_leaves_with_name_date_item_and_centre(cast):
    customer = wang(cast)
    with connected("sms") as gateway:
        message = confirm(cast, customer, key="appointment:7:confirmed")
        assert (message.state, gateway.got) == ("pending", [])
        run_pending(AT)

    message = Message.objects.get(pk=message.pk)
    ((sent_key, sent),) = gateway.got
    assert (sent_key, sent["to"], sent["body"]) == ("msg:appointment:7:confirmed", PHONE, CONFIRMED)
    assert sent["template"] == "appt_confirmed"
    assert sent["values"] == {**{name: str(value) for name, value in BOOKED.items()}, "name": "王女士",
                              "centre": "北京朝阳中心", "phone": "010-00000000"}  # fmt: skip
    assert (message.state, message.channel, message.body) == ("sent", "sms", CONFIRMED)
    assert (message.subject_kind, message.subject_id) == ("appointments.appointment", 7)
    row = AuditEntry.objects.get(code="messaging.message.sent")
    assert (row.customer_id, row.changes["template"]) == (customer.pk, [None, "appt_confirmed"])
    line = TimelineLine.objects.get(customer=customer, kind="message")
    assert line.item.startswith("短信：【和康】王女士您好")


def test_the_same_key_is_sent_once(cast):
    customer = wang(cast)
    with connected("sms") as gateway:
        assert confirm(cast, customer, key="k").pk == confirm(cast, customer, key="k").pk
        run_pending(AT)

    assert len(gateway.got) == 1


def test_who_was_closed_since_the_page_was_read_gets_nothing(cast):
    customer = wang(cast)
    close_customer(customer=Customer.objects.get(pk=customer.pk), reason="moved", by=cast.manager, at=AT)
    assert customer.stage != "closed"
    with lock_order() as locked:
        assert confirm(cast, customer).withheld == "closed"
    assert locked[0] == "customers_customer"


def test_a_rolled_back_booking_sends_nothing(cast):
    customer = wang(cast)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        confirm(cast, customer)
        1 / 0  # noqa: B018

    assert (Message.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_a_value_only_the_caller_knows_is_missing_and_nothing_is_written(cast):
    customer = wang(cast)
    with pytest.raises(Refused, match="消息缺少内容：item、time。") as refused:
        send(customer=customer, template="appt_confirmed", values={"month": 12, "day": 3}, by=cast.manager, at=AT)

    assert refused.value.details == {"missing": ["item", "time"]}
    assert Message.objects.count() == 0


def test_a_centre_without_telephone_does_not_stop_the_booking_but_the_message(cast):
    customer = wang(cast)
    cast.bj.phone = ""
    cast.bj.save()
    customer.refresh_from_db()

    message = confirm(cast, customer)

    assert (message.state, message.withheld, message.outbox) == ("withheld", "incomplete", None)
    assert "{phone}" in message.body


def test_evening_messages_leave_in_the_morning(cast):
    customer = wang(cast)
    evening, morning = AT.replace(hour=21, minute=40), AT.replace(day=24, hour=8, minute=30)
    with connected("sms") as gateway:
        send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=evening)
        code = {"code": "482913", "minutes": 5}
        send(customer=customer, template="otp", values=code, by=cast.system, at=evening)
        run_pending(evening)
        assert [payload["body"][:8] for _key, payload in gateway.got] == ["【和康】验证码4"]
        run_pending(morning - timedelta(seconds=1))
        assert len(gateway.got) == 1
        run_pending(morning)

    assert len(gateway.got) == 2


def test_an_open_channel_is_preferred(cast):
    customer = wang(cast, email="wang@example.com")
    with connected("email") as mail:
        message = confirm(cast, customer)
        run_pending(AT)

    ((_key, payload),) = mail.got
    assert (message.channel, payload["to"], payload["subject"]) == ("email", "wang@example.com", "预约成功通知")
    assert payload["body"].startswith("王女士：\n\n您好！您的预约已成功：\n  日期：12月3日\n  时间：14:30")


def test_wechat_reaches_who_has_no_mobile(cast):
    customer = wang(cast, phone="010-66778899")
    wechat(customer)
    with connected("wechat") as account:
        confirm(cast, customer)
        run_pending(AT)

    ((_key, payload),) = account.got
    assert payload["to"] == "openid-wang"
    assert payload["first"] == "王女士您好，您12月3日14:30的初诊已预约成功，北京朝阳中心。"


def test_without_an_address_the_message_is_kept_with_the_reason(cast):
    customer = wang(cast)
    ContactPoint.objects.update(active=False)

    message = confirm(cast, customer)

    assert (message.state, message.get_withheld_display()) == ("withheld", "没有可用的联系方式")
    assert not TimelineLine.objects.filter(kind="message").exists()
    assert AuditEntry.objects.get(code="messaging.message.withheld").changes["withheld"] == [None, "no_address"]


def test_without_a_gateway_the_message_is_held(cast):
    message = confirm(cast, wang(cast))
    run_pending(AT)

    assert Message.objects.get(pk=message.pk).state == "held"


def test_who_wants_no_greetings_gets_none_but_still_hears_of_bookings(cast):
    customer = wang(cast)
    opt_out(customer=customer, reason="不要发了", by=cast.manager, at=AT)
    assert opt_out(customer=customer, by=cast.manager, at=AT).reason == "不要发了"

    agree(cast, customer, "marketing_sms")

    assert send(customer=customer, template="birthday", by=cast.system, at=AT).withheld == "opted_out"
    assert confirm(cast, customer).state == "pending"

    end_opt_out(customer=customer, by=cast.manager, at=AT)
    assert send(customer=customer, template="birthday", by=cast.system, at=AT).state == "pending"


def test_greetings_leave_only_by_a_way_the_customer_agreed_to(cast, login):
    customer = wang(cast)
    wechat(customer)
    greeting = send(customer=customer, template="birthday", by=cast.manager, at=AT)
    assert (greeting.withheld, greeting.outbox) == ("no_consent", None)
    assert confirm(cast, customer).state == "pending"
    page = login(cast.manager).get(f"/customers/{customer.pk}/tabs/contacts/").content.decode()
    assert "客户没有同意用这种方式接收活动与问候" in page

    agree(cast, customer, "marketing_wechat")
    assert send(customer=customer, template="birthday", by=cast.system, at=AT).channel == "wechat"
    withdraw_consent(
        customer=customer, scope="marketing_wechat", method="spoken", note="不想再收到", by=cast.manager, at=AT
    )
    assert send(customer=customer, template="birthday", by=cast.system, at=AT).withheld == "no_consent"


def test_nothing_is_sent_to_a_customer_who_is_closed(cast):
    customer = wang(cast)
    closed = close_customer(customer=customer, reason="搬走了", by=cast.manager, at=AT)
    message = confirm(cast, closed)
    assert (message.withheld, message.outbox) == ("closed", None)
    assert AuditEntry.objects.get(code="messaging.message.withheld").changes["withheld"] == [None, "closed"]


def test_a_greeting_that_waits_stays_here_once_the_consent_for_its_way_is_withdrawn(cast):
    customer = wang(cast)
    agree(cast, customer, "marketing_sms")
    agree(cast, customer, "marketing_wechat")
    evening, morning = AT.replace(hour=21, minute=40), AT.replace(day=24, hour=8, minute=30)
    with connected("sms") as gateway:
        greeting = send(customer=customer, template="birthday", by=cast.manager, at=evening)
        booked = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=evening)
        for scope, state in (("marketing_wechat", "pending"), ("marketing_sms", "cancelled")):
            withdraw_consent(
                customer=customer, scope=scope, method="spoken", note="不要了", by=cast.manager, at=evening
            )
            assert Message.objects.get(pk=greeting.pk).state == state, scope
        run_pending(morning)

    assert [key for key, _payload in gateway.got] == [f"msg:{booked.key}"]
    assert AuditEntry.objects.get(code="outbox.cancelled").reason == "customers.consent.withdrawn"


def test_a_greeting_that_waits_stays_here_once_the_customer_wants_none(cast):
    customer = wang(cast)
    agree(cast, customer, "marketing_sms")
    greeting = send(customer=customer, template="birthday", by=cast.manager, at=AT)
    booked = confirm(cast, customer)
    with connected("sms") as gateway:
        opt_out(customer=customer, reason="不要发了", by=cast.manager, at=AT)
        run_pending(AT)

    assert [key for key, _payload in gateway.got] == [f"msg:{booked.key}"]
    assert Message.objects.get(pk=greeting.pk).state == "cancelled"
    assert AuditEntry.objects.get(code="outbox.cancelled").reason == Withheld.OPTED_OUT.said


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "客户不接收此类消息"), ("en", "The customer does not want such messages")]
)
def test_the_trail_says_in_words_why_a_message_stayed_here(cast, login, language, words):
    customer = wang(cast)
    agree(cast, customer, "marketing_sms")
    send(customer=customer, template="birthday", by=cast.manager, at=AT)
    opt_out(customer=customer, reason="不要发了", by=cast.manager, at=AT)
    User.objects.filter(pk=cast.admin.pk).update(language=language)
    shown = login(cast.admin).get("/audit/?code=outbox.cancelled").content.decode()
    assert words in shown and "opted_out" not in shown


def test_what_waits_for_a_customer_stays_here_once_she_is_closed(cast):
    customer = wang(cast)
    confirm(cast, customer)
    with connected("sms") as gateway:
        close_customer(customer=customer, reason="搬走了", by=cast.manager, at=AT)
        run_pending(AT)

    assert (gateway.got, Message.objects.get().state) == ([], "cancelled")


def test_the_sender_hears_when_a_message_is_given_up(cast):
    customer = wang(cast)
    with connected("sms", PermanentError("unknown number")):
        confirm(cast, customer)
        run_pending(AT)

    (notice,) = bell.latest(cast.manager)
    assert notice.text == "发给王小梅的短信没有送达，请用其他方式联系。"
    assert notice.link == f"/customers/{customer.pk}/"
    assert AuditEntry.objects.get(code="messaging.message.undelivered").reason == "unknown number"


def test_an_expired_reminder_never_leaves(cast):
    customer = wang(cast)
    confirm(cast, customer, expires_at=AT)
    with connected("sms") as gateway:
        run_pending(AT)

    assert (gateway.got, Message.objects.get().state) == ([], "cancelled")


@pytest.mark.parametrize("code", ["no_such_template", "doctor_next_day"])
def test_an_unknown_or_a_staff_template_is_a_programming_error(cast, code):
    with pytest.raises(LookupError, match=code):
        send(customer=wang(cast), template=code, by=cast.manager, at=AT)
