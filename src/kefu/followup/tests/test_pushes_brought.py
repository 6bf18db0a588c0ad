"""Activities over the API, begun at their time, and what they bring: who bought or booked within thirty days, and how that counts for a customer."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kefu.appointments.models import Appointment
from kefu.billing.actions import cancel_charge, record_charge
from kefu.customers.actions import give_consent
from kefu.customers.models import Customer
from kefu.customers.valuing import metric
from kefu.followup.actions.pushes import approve_push, draft_push, run_push, stop_push
from kefu.followup.brought import brought
from kefu.followup.jobs import begin_pushes, write_pushes
from kefu.followup.models import Push, PushRecipient
from kefu.followup.tests.test_api import ask  # noqa: F401  a fixture
from kefu.followup.tests.test_pushes import _ready, draft, marketing, person  # noqa: F401  fixtures
from kefu.foundation.audit.trail import Subject
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices import queries as bell
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import PermanentError
from kefu.foundation.sentences.saying import plain
from kefu.messaging.jobs import other_way
from kefu.messaging.models import Message
from kefu.messaging.tests.people import wechat
from kefu.organisation.models import User
from kefu.sales.permissions import SalesPermission
from kefu.testing.cast import Cast

Ask = Callable[..., Any]
WORDS = "{name}您好，{centre}12月8日有健康讲座，邀您参加。报名{phone}，拒收请回复R"
BODY = {"title": "十二月讲座", "zh": WORDS, "channels": ["sms"], "per_minute": 2}


def sent(cast: Cast, by: User, at: datetime, **more: object) -> Push:
    """An activity that has reached everybody it could."""
    push = draft(cast, cast.manager, per_minute=100, **more)
    approve_push(push=push, by=by, at=at)
    run_push(push=push, by=cast.manager, at=at)
    with connected("sms"):
        write_pushes(at=at)
        run_pending(at)
    push.refresh_from_db()
    return push


def spend(cast: Cast, customer: Customer, amount: str, at: datetime, number: int) -> Any:
    return record_charge(
        customer=customer, subject=Subject("sales.purchase", number), amount=Decimal(amount), item=plain("鱼油"), by=cast.manager, at=at,
        permission=SalesPermission.ENTER,
    )  # fmt: skip


@pytest.mark.req("CUS-017", part="campaigns")
@pytest.mark.req("FUP-008")
def test_what_a_campaign_brought_counts_for_the_campaign_and_for_the_customer(
    cast: Cast,
    marketing: User,  # noqa: F811
    client: Client,
) -> None:
    an, ning, he, wen = (
        person(cast, f"白示{name}", n, date(1960, 5, n), agrees=name != "和") for n, name in enumerate("安宁和文", 1)
    )
    begun = cast.at
    first = sent(cast, marketing, begun)
    day = timedelta(days=1)
    spend(cast, an, "300", begun + 30 * day, 1)  # the last moment that counts
    spend(cast, ning, "500", begun + 30 * day + timedelta(seconds=1), 2)
    spend(cast, he, "900", begun + day, 3)  # was not reached
    taken_back = spend(cast, wen, "70", begun + day, 4)
    cancel_charge(charge=taken_back, reason="退货", by=cast.manager, at=begun + 2 * day)
    spend(cast, an, "40", begun - day, 5)  # before it

    result = brought(first, begun + 40 * day)
    assert (result.days, result.reached, result.bought, result.booked, result.amount) == (30, 3, 1, 0, Decimal(300))

    second = sent(cast, marketing, begun + 35 * day, title="一月讲座")
    spend(cast, an, "25", begun + 36 * day, 6)
    assert brought(second, begun + 40 * day).amount == Decimal(25)
    assert brought(first, begun + 40 * day).amount == Decimal(300)
    ids, until = [an.pk, ning.pk, he.pk, wen.pk], begun + 60 * day
    assert metric("campaigns").values(ids, None, until) == {an.pk: 2}
    assert metric("campaign_amount").values(ids, None, until) == {an.pk: Decimal(325)}
    assert metric("campaigns").values(ids, begun + 35 * day, until) == {an.pk: 1}
    assert (metric("campaigns").weight.default, metric("campaign_amount").weight.default) == (5, 5)

    client.force_login(cast.manager)
    page = client.get(reverse("followup:push", args=[first.pk])).content.decode()
    assert "带来了什么" in page and "300.00" in page and "收到后 30 天内" in page


@pytest.mark.req("CUS-017", part="campaigns")
def test_a_booking_after_a_campaign_counts_as_an_answer(cast: Cast, marketing: User, booked_after: Any) -> None:  # noqa: F811
    an = person(cast, "白示安", 1, date(1960, 5, 1))
    push = sent(cast, marketing, cast.at)
    booked_after(an, cast.at + timedelta(days=2))
    assert (brought(push, cast.at + timedelta(days=3)).booked, brought(push, cast.at + timedelta(days=3)).bought) == (
        1,
        0,
    )
    assert metric("campaigns").values([an.pk], None, cast.at + timedelta(days=3)) == {an.pk: 1}
    Appointment.objects.update(status="cancelled")
    assert brought(push, cast.at + timedelta(days=3)).booked == 0
    assert metric("campaigns").values([an.pk], None, cast.at + timedelta(days=3)) == {}


@pytest.fixture
def booked_after(cast: Cast) -> Callable[[Customer, datetime], None]:
    def book(customer: Customer, at: datetime) -> None:
        start = at + timedelta(days=5)
        Appointment.objects.create(
            customer=customer, doctor=cast.doctor, node=cast.bj, type_id="first_visit", booked_by=cast.manager, booked_at=at,
            during=(start, start + timedelta(minutes=30)), reach=(start, start + timedelta(minutes=30)),
        )  # fmt: skip

    return book


def test_what_wechat_turned_away_counts_for_its_recipient_and_stays_here_once_stopped(
    cast: Cast,
    marketing: User,  # noqa: F811
) -> None:
    for number, name in ((1, "白示安"), (2, "白示宁")):
        customer = person(cast, name, number, date(1960, 5, number))
        wechat(customer)
        give_consent(
            customer=customer, scope="marketing_wechat", method="spoken", note="好", by=cast.manager, at=cast.at
        )
    push = draft(cast, cast.manager, channels=["wechat", "sms"], per_minute=1)
    approve_push(push=push, by=marketing, at=cast.at)
    with connected("wechat") as account, connected("sms") as sms:
        account.errors += [PermanentError("43101 user refuse")] * 2
        run_push(push=push, by=cast.manager, at=cast.at)
        write_pushes(at=cast.at)
        run_pending(cast.at)
        run_pending(cast.at)
        assert len(sms.got) == 1
        first = PushRecipient.objects.exclude(message=None).get()
        assert (first.message.channel, first.message.state) == ("sms", "sent")
        write_pushes(at=cast.at + timedelta(minutes=1))
        second = PushRecipient.objects.exclude(message=None).exclude(pk=first.pk).get().message
        OutboxMessage.objects.filter(pk=second.outbox_id).update(state="dead", last_error="43101 user refuse")
        stop_push(push=push, by=cast.manager, at=cast.at)
        OutboxMessage.objects.filter(pk=second.outbox_id).update(state="dead")
        other_way(message_id=second.pk, at=cast.at + timedelta(minutes=1))
        run_pending(cast.at + timedelta(minutes=1))
    assert (len(sms.got), Message.objects.filter(instead_of=second).exists()) == (1, False)


def test_an_approved_push_begins_at_its_time_and_one_that_cannot_rings(cast: Cast, marketing: User) -> None:  # noqa: F811
    person(cast, "白示安", 1, date(1960, 5, 1))
    when = cast.at + timedelta(hours=2)
    push = draft(cast, cast.manager, planned_at=when)
    late = draft(cast, cast.manager, planned_at=when, title="没人批准")
    approve_push(push=push, by=marketing, at=cast.at)
    begin_pushes(at=when - timedelta(minutes=1))
    push.refresh_from_db()
    assert push.state == "approved"
    begin_pushes(at=when)
    push.refresh_from_db()
    late.refresh_from_db()
    assert (push.state, push.started_at, late.state) == ("running", when, "draft")

    Customer.objects.update(stage="closed", closed_at=cast.at, closed_reason="搬走")
    approve_push(push=late, by=marketing, at=when)
    begin_pushes(at=when + timedelta(minutes=1))
    late.refresh_from_db()
    assert (late.state, late.planned_at) == ("approved", None)
    assert bell.latest(cast.manager)[0].text == "活动“没人批准”没能按时开始：这个范围里没有客户。"


@pytest.mark.req("FUP-008")
def test_a_push_is_written_approved_begun_and_read_over_the_api(cast: Cast, marketing: User, ask: Ask) -> None:  # noqa: F811
    for number, name in enumerate("安宁和", 1):
        person(cast, f"白示{name}", number, date(1960, 5, number), agrees=name != "和")
    made = ask(cast.manager, "pushes", BODY)
    assert (made.status_code, made.json()["state"], made.json()["channels"]) == (201, "draft", ["sms"])
    path = f"pushes/{made.json()['id']}"
    preview = ask(cast.manager, f"{path}/preview").json()
    assert (preview["count"], preview["reached"]) == (3, 2)
    assert preview["withheld"] == [{"code": "no_consent", "label": "客户没有同意用这种方式接收活动与问候", "count": 1}]
    assert preview["samples"][0].startswith("【和康】白女士您好")

    assert ask(cast.manager, f"{path}/start", {}).status_code == 409
    assert ask(cast.manager, f"{path}/approval", {}).status_code == 403
    assert ask(marketing, f"{path}/approval", {}).json()["approved_by"] == marketing.name
    assert ask(cast.manager, f"{path}/start", {}).json()["state"] == "running"
    assert ask(cast.manager, f"{path}/pause", {}).json()["state"] == "paused"
    assert ask(cast.manager, f"{path}/start", {}).json()["state"] == "running"
    with connected("sms"):
        write_pushes(at=cast.at)
        run_pending(cast.at)
    result = ask(marketing, f"{path}/results").json()
    assert (result["total"], result["written"], result["reached"], result["amount"]) == (3, 2, 2, "0.00")
    assert result["states"] == [{"code": "sent", "label": "已发送", "count": 2}]
    assert ask(cast.manager, f"{path}/stop", {}).json()["state"] == "stopped"
    assert [one["id"] for one in ask(cast.manager, "pushes").json()["items"]] == [made.json()["id"]]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [({"title": ""}, 422, "title"), ({"zh": "讲座"}, 422, "zh"), ({"channels": []}, 422, "channels"), ({"channels": ["fax"]}, 422, "channels.0"),
     ({"channels": ["email"]}, 422, "email_subject"), ({"per_minute": 0}, 422, "per_minute"), ({"segment": "seg_99"}, 404, "segment"),
     ({"planned_at": "2020-01-01T09:00:00+08:00"}, 422, "planned_at"), ({"more": 1}, 422, "more")],
)  # fmt: skip
def test_what_is_wrong_with_a_push_is_named(
    cast: Cast,
    ask: Ask,  # noqa: F811
    change: dict[str, object],
    status: int,
    field: str,
) -> None:
    answer = ask(cast.manager, "pushes", BODY | change)
    assert answer.status_code == status and field in answer.content.decode()
    assert Push.objects.count() == 0


def test_others_do_not_find_it(cast: Cast, ask: Ask) -> None:  # noqa: F811
    push = draft_push(**BODY, by=cast.manager, at=cast.at)
    for path in (f"pushes/psh_{push.pk}", f"pushes/psh_{push.pk}/results", "pushes/psh_99", "pushes/nonsense"):
        assert ask(cast.sh_manager, path).status_code == 404
    assert ask(cast.manager, f"pushes/psh_{push.pk}").json()["title"] == "十二月讲座"
