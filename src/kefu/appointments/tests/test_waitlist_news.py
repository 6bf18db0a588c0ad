"""Who waits hears of the time that is kept, in time, or is called; who was never reached loses no chance (APT-013)."""

from datetime import datetime, time, timedelta

import pytest

from kefu.appointments import actions
from kefu.appointments.limits import WAITLIST_ANSWER_MINUTES, WAITLIST_CHANCES
from kefu.appointments.models import Appointment, OfferedPlace
from kefu.appointments.tests.scene import o_clock, person
from kefu.appointments.tests.waiting import HOUR, MINUTE, cancel, entry_of, full_day, offered, texts, wait
from kefu.appointments.waiting_work import waiting_calls
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices.models import Notice
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.transports import PermanentError
from kefu.messaging.actions import log_contact
from kefu.messaging.models import Message
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.req("APT-013", part="alternatives")
HOURS = (time(10, 30), time(11), time(11, 30))
LATE = datetime(2026, 11, 23, 21, 30, tzinfo=SHANGHAI)


@scene
def full(cast: Cast) -> list[Appointment]:
    return full_day(cast)


def test_no_time_is_offered_of_which_the_message_leaves_too_late(cast: Cast, full: list[Appointment]) -> None:
    """At half past nine in the evening nine o'clock becomes free, to be answered by eight; messages leave at half past eight."""
    with texts():
        wait(cast, person(cast))
        cancel(cast, full[0], LATE)
        assert offered() == []
        cancel(cast, full[3], LATE)
    place = OfferedPlace.objects.get()
    assert (place.start, place.until) == (o_clock(10, 30), o_clock(9, 30))
    assert place.message is not None and place.message.outbox is not None
    assert (place.message.outbox.next_try_at, place.message.outbox.expires_at) == (o_clock(8, 30), o_clock(9, 30))
    assert WAITLIST_ANSWER_MINUTES.on(LATE) == 30


def test_no_time_is_offered_that_nobody_could_call_about(cast: Cast, full: list[Appointment]) -> None:
    customer = customer_of(cast)
    customer.contacts.update(active=False)
    wait(cast, customer)
    cancel(cast, full[0], LATE)
    assert offered() == [] and not Notice.objects.filter(code="waitlist_call").exists()
    cancel(cast, full[5], LATE)
    assert offered() == [("沈知夏", "11:30", "open")]
    assert Notice.objects.get(code="waitlist_call").user == cast.manager


def test_a_message_that_is_given_up_becomes_a_call_and_loses_her_no_chance(cast: Cast, full: list[Appointment]) -> None:
    """The gateway knows no such number, three times; she waits on, and was called each time."""
    customer, at = customer_of(cast), cast.at
    wait(cast, customer)
    with texts(*[PermanentError("no such number")] * 20):
        for turn, appointment in enumerate(full[3:]):
            cancel(cast, appointment, at + MINUTE)
            place = OfferedPlace.objects.latest("pk")
            assert place.to_call and Notice.objects.filter(code="waitlist_call", user=cast.manager).count() == turn + 1
            (item,) = waiting_calls(cast.manager, at + MINUTE)
            assert (str(item.verb), item.why) == ("打电话", "消息发不到，请打电话")
            at = place.until
            run_pending(at)
    assert [answer for _name, _hour, answer in offered()] == ["unreached"] * WAITLIST_CHANCES.on(at)
    assert entry_of(customer).state == "waiting"
    assert entry_of(customer).steps.last().reason == "appointments.waitlist.not_reached"  # type: ignore[union-attr]
    assert not Message.objects.filter(template__code="appt_alternative_expired").exists()


def test_who_was_called_and_does_not_answer_has_had_a_chance(cast: Cast, full: list[Appointment]) -> None:
    customer = customer_of(cast)
    wait(cast, customer)
    cancel(cast, full[0], cast.at + MINUTE)  # no channel is open: the message is held
    place = OfferedPlace.objects.get()
    assert place.message is not None and place.message.state == "held" and place.to_call
    log_contact(customer=customer, channel="phone", direction="out", purpose="appointment", outcome="reached", note="再想想",
                by=cast.manager, at=cast.at + HOUR)  # fmt: skip
    run_pending(place.until)
    assert offered() == [("沈知夏", "09:00", "lapsed")]


def test_a_message_that_waits_does_not_leave_for_a_time_that_is_passed_on(cast: Cast, full: list[Appointment]) -> None:
    """At night she takes herself off the list, or the desk books her: in the morning nothing is said of the time."""
    with texts() as gateway:
        for turn, end in enumerate(("leave", "decline", "take")):
            customer, night = person(cast, f"白示{turn}", f"1000000005{turn}"), LATE + turn * MINUTE
            row = wait(cast, customer, hour=HOURS[turn], at=night)
            cancel(cast, full[3 + turn], night)
            place = OfferedPlace.objects.latest("pk")
            assert (place.entry, place.answer) == (row, "open")
            if end == "leave":
                actions.leave_waitlist(entry=row, by=cast.manager, at=night)
            elif end == "decline":
                actions.decline_place(place=place, by=cast.manager, at=night)
            else:
                actions.take_place(place=place, read_back=True, by=cast.manager, at=night)
            assert place.message is not None and place.message.outbox is not None
            assert OutboxMessage.objects.get(pk=place.message.outbox.pk).state == "cancelled"
        run_pending(o_clock(8, 31))
    assert gateway.got and not [one for _key, one in gateway.got if "有空位了" in one["body"]]


def test_what_is_on_its_way_when_the_time_is_passed_on_is_not_tried_again(cast: Cast, full: list[Appointment]) -> None:
    with texts():
        wait(cast, person(cast))
        cancel(cast, full[0], cast.at + MINUTE)
    place = OfferedPlace.objects.get()
    assert place.message is not None and place.message.outbox is not None
    out = OutboxMessage.objects.filter(pk=place.message.outbox.pk)
    out.update(state="sending", claimed_at=cast.at + MINUTE, sent_at=None)
    actions.decline_place(place=place, by=cast.manager, at=cast.at + timedelta(minutes=2))
    assert out.get().state == "cancelled"
