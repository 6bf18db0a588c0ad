"""Reception calls whom no message reaches: about tomorrow's visit, and about what the house itself moved or cancelled."""

from datetime import datetime

import pytest

from kefu.appointments import actions
from kefu.appointments.slots import calls
from kefu.appointments.tests.test_telling import (  # noqa: F401  fixtures
    NINE,
    TEN,
    _no_channels,
    book,
    customer,
    moment,
    remind,
)
from kefu.customers.actions import close_customer
from kefu.customers.models import ContactPoint, Customer
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox.actions import release
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import TransientError
from kefu.messaging.actions import log_contact
from kefu.messaging.models import Message
from kefu.testing.cast import Cast


@pytest.fixture
def unreachable(customer: Customer) -> Customer:  # noqa: F811
    ContactPoint.objects.filter(customer=customer).update(active=False)
    return customer


def named(cast: Cast, at: datetime) -> list[str]:
    return [call.customer_name for call in calls(cast.guide, at)]


@pytest.mark.req("APT-006")
def test_a_reminder_that_is_held_is_told_by_telephone_unless_it_leaves_after_all(
    cast: Cast,
    customer: Customer,  # noqa: F811
) -> None:
    book(cast, customer)
    run_pending(cast.at)
    remind(moment(17))
    assert Message.objects.get(template__code="appt_reminder").state == "held"
    assert named(cast, moment(17, 5)) == ["沈知夏"]
    with connected("sms"):
        release(channel="sms", by=cast.admin, at=moment(17, 10))
        run_pending(moment(17, 10))
    assert named(cast, moment(17, 15)) == []


@pytest.mark.req("APT-006")
def test_a_reminder_that_could_not_leave_before_the_night_is_told_by_telephone(cast: Cast, customer: Customer) -> None:  # noqa: F811
    book(cast, customer)
    with connected("sms") as gateway:
        run_pending(cast.at)
        gateway.errors += [TransientError("busy")] * 9
        remind(moment(20, 50))
        for minute in (55, 59):
            run_pending(moment(20, minute))
        assert named(cast, moment(20, 59)) == []
        run_pending(moment(8, 30, NINE.date()))

    assert Message.objects.get(template__code="appt_reminder").state == "cancelled"
    assert named(cast, moment(8, 31, NINE.date())) == ["沈知夏"]


@pytest.mark.req("APT-007", part="messages")
def test_who_does_not_hear_that_the_centre_cancels_is_called_and_who_cancelled_is_not(
    cast: Cast, unreachable: Customer
) -> None:
    own, ours = book(cast, unreachable), book(cast, unreachable, TEN)
    run_pending(cast.at)
    actions.cancel(appointment=own, code="time", by=cast.manager, at=cast.at)
    run_pending(cast.at)
    assert named(cast, cast.at) == []
    actions.cancel(appointment=ours, code="centre", by=cast.manager, at=cast.at)
    run_pending(cast.at)

    (call,) = calls(cast.guide, cast.at)
    assert (call.customer_name, call.label, call.why) == (
        "沈知夏",
        "取消预约",
        "消息没有送到，客户还不知道，请打电话告知",
    )
    assert call.due_at is not None and cast.at < call.due_at <= TEN
    log_contact(customer=unreachable, channel="phone", direction="out", purpose="appointment", outcome="reached", note="知道了",
                by=cast.manager, at=cast.at)  # fmt: skip
    assert named(cast, cast.at) == []


@pytest.mark.req("APT-007", part="messages")
def test_who_does_not_hear_that_the_centre_moves_the_visit_is_called_until_the_next_step(
    cast: Cast, unreachable: Customer
) -> None:
    appointment = book(cast, unreachable)
    run_pending(cast.at)
    actions.move(appointment=appointment, start=TEN, reason="停电", on_us=True, by=cast.manager, at=cast.at)
    run_pending(cast.at)
    assert [(call.customer_name, call.label) for call in calls(cast.guide, cast.at)] == [("沈知夏", "改约")]
    actions.move(appointment=appointment, start=NINE, reason="客户要早些", by=cast.manager, at=cast.at)
    run_pending(cast.at)
    assert named(cast, cast.at) == []


def test_nobody_calls_for_who_has_left(cast: Cast, unreachable: Customer) -> None:
    appointment = book(cast, unreachable)
    run_pending(cast.at)
    actions.cancel(appointment=appointment, code="centre", by=cast.manager, at=cast.at)
    run_pending(cast.at)
    assert named(cast, cast.at) == ["沈知夏"]
    close_customer(customer=unreachable, reason="搬走了", by=cast.manager, at=cast.at)
    assert named(cast, cast.at) == []
