"""Greetings that go out by themselves and activities that two colleagues send: to whom, when, once, and to nobody who does not want it."""

import json
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection

from kefu.administration.content import load_roles
from kefu.customers.actions import close_customer, give_consent
from kefu.customers.models import Customer
from kefu.followup.actions.greetings import switch_festival, write_portion
from kefu.followup.actions.pushes import approve_push, draft_push, pause_push, run_push, stop_push
from kefu.followup.birthdays import owed_greetings, upcoming
from kefu.followup.jobs import greet_birthdays, greet_festivals, write_pushes
from kefu.followup.models import Push, PushRecipient
from kefu.followup.queries.pushes import audience, forecast, outcome
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.models import Festival
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.messaging.actions import log_contact, opt_out, send, send_many, set_wish
from kefu.messaging.content import load as load_messages
from kefu.messaging.models import Message, Template
from kefu.messaging.queries import agreed_addresses, open_channels, reason_to_withhold
from kefu.messaging.reaching import reach_of
from kefu.organisation.models import Grant, Role, User
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.locks import lock_order
from kefu.testing.stories import customer_of

MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
WORDS = "{name}您好，{centre}12月8日有健康讲座，邀您参加。报名{phone}，拒收请回复R"


@pytest.fixture(autouse=True)
def _ready(cast: Cast) -> None:
    for channel in ("sms", "wechat", "email"):
        transports.close(channel)
    load_messages(by=None, at=cast.at)
    load_calendars(by=None, at=cast.at)


@pytest.fixture
def marketing(cast: Cast) -> User:
    """A colleague of the head office who sends activities, beside the administrator."""
    load_roles(only=frozenset({"marketing"}), by=None, at=cast.at)
    for person in (cast.consulting, cast.product_manager):
        Grant.objects.create(
            user=person, role=Role.objects.get(code="marketing"), node=cast.hq, valid_from=date(2026, 1, 5)
        )
    return cast.consulting


def person(cast: Cast, name: str, number: int, born: date, *, agrees: bool = True, sex: str = "female") -> Customer:
    customer = customer_of(cast, name, f"1000000{number:04d}", birth_date=born, sex=sex)
    if agrees:
        give_consent(
            customer=customer, scope="marketing_sms", method="spoken", note="电话里说可以", by=cast.manager, at=cast.at
        )
    return customer


def draft(cast: Cast, by: User, **more: object) -> Push:
    values = {"title": "十二月讲座", "zh": WORDS, "channels": ["sms"], "per_minute": 2, **more}
    return draft_push(**values, by=by, at=cast.at)


def bodies(gateway) -> list[str]:
    return [payload["body"] for _key, payload in gateway.got]


# -- birthdays ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.req("FUP-007")
def test_at_nine_whoever_has_birthday_is_greeted_once_and_nobody_who_does_not_want_it(cast: Cast) -> None:
    person(cast, "白示安", 1, date(1960, 11, 23))
    person(cast, "白示宁", 2, date(1960, 11, 24))
    person(cast, "白示和", 3, date(1970, 11, 23), agrees=False)
    sad = person(cast, "白示文", 4, date(1970, 11, 23))
    set_wish(customer=sad, language="zh-hans", no_greetings="家里有丧事", by=cast.manager, at=cast.at)
    gone = person(cast, "白示清", 5, date(1970, 11, 23))
    close_customer(customer=gone, reason="搬走", by=cast.manager, at=cast.at)
    refuses = person(cast, "白示远", 6, date(1970, 11, 23))
    opt_out(customer=refuses, reason="太多短信", by=cast.manager, at=cast.at)
    with connected("sms") as gateway:
        greet_birthdays(at=NINE - timedelta(minutes=1))
        assert Push.objects.count() == 0
        for minute in (0, 5):
            greet_birthdays(at=NINE + timedelta(minutes=minute))
            write_pushes(at=NINE + timedelta(minutes=minute))
            run_pending(NINE + timedelta(minutes=minute))

    assert bodies(gateway) == ["【和康】白女士您好，今天是您的生日，北京朝阳中心全体同事祝您生日快乐，身体健康！"]
    push = Push.objects.get(template="birthday")
    assert (push.state, push.recipients.count()) == ("done", 4)
    assert {str(word.label): many for word, many in outcome(push).withheld} == {
        "客户不接收此类消息": 1, "客户不要问候": 1, "客户没有同意用这种方式接收活动与问候": 1,
    }  # fmt: skip
    assert OutboxMessage.objects.get().expires_at == NINE.replace(hour=0) + timedelta(days=1)


@pytest.mark.req("FUP-007")
def test_a_lunar_birthday_is_kept_by_the_moon_in_the_customers_language(cast: Cast) -> None:
    elder = person(cast, "白示安", 1, date(1950, 11, 23))
    set_wish(customer=elder, language="en", lunar_month=10, lunar_day=15, by=cast.manager, at=cast.at)
    day = NINE.replace(hour=10)
    with connected("sms") as gateway:
        greet_birthdays(at=day)
        write_pushes(at=day)
        run_pending(day)

    assert day.date() == MONDAY  # the fifteenth of the tenth month
    (words,) = bodies(gateway)
    assert words.startswith("【和康】") and "白示安" in words and "birthday" in words.lower()
    assert Push.objects.get(template="birthday").recipients.count() == 0


@pytest.mark.req("FUP-007")
def test_upcoming_birthdays_by_days_centre_and_manager_and_the_manager_is_reminded(cast: Cast) -> None:
    today = person(cast, "白示安", 1, date(1960, 11, 23))
    person(cast, "白示宁", 2, date(1985, 11, 25))
    leap = person(cast, "白示和", 3, date(1996, 2, 29))
    lunar = person(cast, "白示文", 4, date(1950, 3, 3))
    set_wish(customer=lunar, language="zh-hans", lunar_month=10, lunar_day=16, by=cast.manager, at=cast.at)

    found = upcoming(cast.manager, MONDAY, 7)
    assert [(one.customer.name, str(one.day), one.age, one.lunar) for one in found] == [
        ("白示安", "2026-11-23", 66, ""), ("白示文", "2026-11-24", None, "十月十六"), ("白示宁", "2026-11-25", 41, ""),
    ]  # fmt: skip
    assert [one.customer for one in upcoming(cast.manager, date(2027, 2, 28), 1)] == [leap]
    assert upcoming(cast.manager, date(2028, 2, 28), 1) == []
    assert upcoming(cast.manager, MONDAY, 7, node=cast.sh.pk) == []
    assert upcoming(cast.sh_manager, MONDAY, 7) == []

    assert [one.customer.name for one in owed_greetings(cast.manager, cast.at)] == ["白示安", "白示文"]
    log_contact(
        customer=today,
        channel="phone",
        direction="out",
        purpose="greeting",
        outcome="reached",
        note="很高兴",
        by=cast.manager,
        at=cast.at,
    )
    assert [one.customer.name for one in owed_greetings(cast.manager, cast.at + timedelta(hours=1))] == ["白示文"]


@pytest.mark.req("FUP-007")
def test_a_festival_greets_only_where_it_is_switched_on(cast: Cast, marketing: User) -> None:
    person(cast, "白示安", 1, date(1960, 5, 5))
    new_year = Festival.objects.get(code="new_year")
    day = datetime(2027, 1, 1, 9, 30, tzinfo=SHANGHAI)
    with pytest.raises(Forbidden):
        switch_festival(festival=new_year, on=True, by=cast.doctor, at=cast.at)
    greet_festivals(at=day)
    assert Push.objects.count() == 0
    switch_festival(festival=new_year, on=True, by=marketing, at=cast.at)
    with connected("sms") as gateway:
        for moment in (day - timedelta(minutes=5), day, day + timedelta(minutes=5)):
            greet_festivals(at=moment)
        write_pushes(at=day)
        run_pending(day)

    assert bodies(gateway) == ["【和康】白女士您好，元旦快乐！新的一年，祝您和家人健康顺心。北京朝阳中心"]
    assert Push.objects.get().title == "元旦"


def test_spring_festival_is_greeted_the_day_before(cast: Cast, marketing: User) -> None:
    person(cast, "白示安", 1, date(1960, 5, 5))
    switch_festival(festival=Festival.objects.get(code="spring"), on=True, by=marketing, at=cast.at)
    greet_festivals(at=datetime(2027, 2, 6, 9, 30, tzinfo=SHANGHAI))
    assert Push.objects.count() == 0
    greet_festivals(at=datetime(2027, 2, 5, 9, 30, tzinfo=SHANGHAI))
    assert Push.objects.get().template == "fest_spring"


# -- activities --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.req("FUP-008")
def test_one_writes_another_approves_and_it_leaves_minute_by_minute_to_who_agreed(cast: Cast, marketing: User) -> None:
    for number in range(1, 6):
        person(cast, f"白示{'安宁和文清'[number - 1]}", number, date(1960, 5, number), agrees=number != 3)
    push = draft(cast, cast.manager)
    told = forecast(audience(push, cast.at), Template.objects.get(code=push.template), cast.at)
    assert (told.count, told.reached, [(str(why.label), many) for why, many in told.withheld]) == (
        5,
        4,
        [("客户没有同意用这种方式接收活动与问候", 1)],
    )
    assert told.samples[0] == (
        "白女士",
        "【和康】白女士您好，北京朝阳中心12月8日有健康讲座，邀您参加。报名010-00000000，拒收请回复R",
    )
    with pytest.raises(Refused, match="待批准"):
        run_push(push=push, by=cast.manager, at=cast.at)
    with pytest.raises(Forbidden):
        approve_push(push=push, by=cast.manager2, at=cast.at)
    approve_push(push=push, by=marketing, at=cast.at)
    with connected("sms") as gateway:
        run_push(push=push, by=cast.manager, at=cast.at)
        late = person(cast, "白示远", 9, date(1960, 6, 6))
        for minute in range(4):
            write_pushes(at=cast.at + timedelta(minutes=minute))
            run_pending(cast.at + timedelta(minutes=minute))

    assert [payload["to"][-1] for _key, payload in gateway.got] == ["1", "2", "4", "5"]
    assert not push.recipients.filter(customer=late).exists()
    push.refresh_from_db()
    result = outcome(push)
    assert (push.state, result.total, result.written) == ("done", 5, 5)
    assert [(str(word.label), many) for word, many in result.states] == [("已发送", 4)]


@pytest.mark.req("FUP-008")
def test_nobody_approves_his_own_words_and_they_must_say_how_to_refuse_and_reveal_nothing(
    cast: Cast, marketing: User
) -> None:
    push = draft(cast, marketing)
    with pytest.raises(Refused, match="请别人批准"):
        approve_push(push=push, by=marketing, at=cast.at)
    approve_push(push=push, by=cast.product_manager, at=cast.at)
    with pytest.raises(Invalid, match="拒收"):
        draft(cast, marketing, zh="{name}您好，讲座欢迎您。")
    with pytest.raises(Invalid, match="血糖"):
        draft(cast, marketing, zh="{name}您好，您的血糖偏高，来听讲座吧。拒收请回复R")
    with pytest.raises(Invalid, match="result"):
        draft(cast, marketing, zh="{name}您好，{result}。拒收请回复R")


@pytest.mark.req("FUP-008")
def test_paused_it_writes_nothing_and_stopped_it_takes_back_what_waits(cast: Cast, marketing: User) -> None:
    for number in range(1, 6):
        person(cast, f"白示{'安宁和文清'[number - 1]}", number, date(1960, 5, number))
    push = draft(cast, marketing)
    approve_push(push=push, by=cast.product_manager, at=cast.at)
    run_push(push=push, by=marketing, at=cast.at)
    write_pushes(at=cast.at)
    pause_push(push=push, by=marketing, at=cast.at)
    write_pushes(at=cast.at + timedelta(minutes=1))
    assert push.recipients.exclude(message=None).count() == 2
    run_push(push=push, by=marketing, at=cast.at)
    write_pushes(at=cast.at + timedelta(minutes=2))
    stop_push(push=push, by=marketing, at=cast.at)
    write_pushes(at=cast.at + timedelta(minutes=3))
    run_pending(cast.at + timedelta(minutes=3))

    assert list(OutboxMessage.objects.values_list("state", flat=True)) == ["cancelled"] * 4
    with pytest.raises(Refused, match="已停止"):
        run_push(push=push, by=marketing, at=cast.at)


def test_a_portion_that_dies_half_way_is_written_again_and_reaches_each_once(
    cast: Cast, marketing: User, monkeypatch
) -> None:
    for number in range(1, 4):
        person(cast, f"白示{'安宁和'[number - 1]}", number, date(1960, 5, number))
    push = draft(cast, marketing, per_minute=3)
    approve_push(push=push, by=cast.product_manager, at=cast.at)
    run_push(push=push, by=marketing, at=cast.at)
    with monkeypatch.context() as broken:
        broken.setattr(PushRecipient.objects, "bulk_update", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_portion(push_id=push.pk, by=cast.system, at=cast.at)
    assert Message.objects.count() == 0
    with connected("sms") as gateway:
        for _twice in range(2):
            write_portion(push_id=push.pk, by=cast.system, at=cast.at)
        run_pending(cast.at)
    assert len(gateway.got) == 3


def test_who_is_written_to_is_held_meanwhile(cast: Cast, marketing: User) -> None:
    person(cast, "白示安", 1, date(1960, 5, 1))
    push = draft(cast, marketing)
    approve_push(push=push, by=cast.product_manager, at=cast.at)
    run_push(push=push, by=marketing, at=cast.at)
    with lock_order() as locked:
        write_portion(push_id=push.pk, by=cast.system, at=cast.at)
    assert locked[:2] == ["followup_push", "customers_customer"]


def test_what_is_urgent_leaves_before_a_thousand_greetings(cast: Cast) -> None:
    with connection.cursor() as cursor:
        people = [person(cast, f"白示安{number}", number, date(1960, 5, 1)) for number in range(1, 4)]
        rows = Customer.objects.select_related("node", "doctor", "health_manager").filter(
            pk__in=[one.pk for one in people]
        )
        send_many(customers=list(rows), template="birthday", key="greet", by=cast.system, at=cast.at)
        send(customer=people[0], template="otp", values={"code": "482913", "minutes": 5}, by=cast.system, at=cast.at)
        cursor.execute("SELECT (procrastinate_fetch_job_v2(ARRAY['outbox'], NULL)).args")
        (args,) = cursor.fetchone()
    assert OutboxMessage.objects.get(pk=json.loads(args)["message_id"]).payload["body"].startswith("【和康】验证码")


def test_many_are_judged_as_one_is(cast: Cast) -> None:
    ok = person(cast, "白示安", 1, date(1960, 5, 1))
    silent = person(cast, "白示宁", 2, date(1960, 5, 1), agrees=False)
    refuses = person(cast, "白示和", 3, date(1960, 5, 1))
    opt_out(customer=refuses, reason="不要", by=cast.manager, at=cast.at)
    gone = person(cast, "白示文", 4, date(1960, 5, 1))
    close_customer(customer=gone, reason="搬走", by=cast.manager, at=cast.at)
    everybody = list(Customer.objects.filter(pk__in=[one.pk for one in (ok, silent, refuses, gone)]))
    for code in ("birthday", "appt_confirmed"):
        template = Template.objects.get(code=code)
        found = reach_of(everybody, template, open_channels(template.channels))
        for customer in everybody:
            single = reason_to_withhold(template, customer)
            agreed = agreed_addresses(template, customer)
            assert (found[customer.pk].withheld is None) == (single is None and bool(agreed)), (code, customer.name)
            if single:
                assert found[customer.pk].withheld == single


def test_the_day_has_an_end(cast: Cast) -> None:
    person(cast, "白示安", 1, date(1960, 11, 23))
    greet_birthdays(at=datetime.combine(MONDAY, time(21, 5), SHANGHAI))
    assert Push.objects.count() == 0
