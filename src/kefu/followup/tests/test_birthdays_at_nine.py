"""Everybody's birthday at nine: minute by minute, each once, whatever dies meanwhile, and nobody waits for somebody without a telephone."""

import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from kefu.customers.actions import give_consent
from kefu.customers.actions.deaths import record_death
from kefu.customers.models import ConsentEntry, ContactPoint, Customer, TimelineLine
from kefu.followup.actions import greetings
from kefu.followup.actions.pushes import pause_push, run_push
from kefu.followup.birthdays import lunar_on, owed_greetings, solar_on
from kefu.followup.jobs import greet_birthdays, write_pushes
from kefu.followup.limits import PER_MINUTE
from kefu.followup.models import Push, PushRecipient
from kefu.followup.tests.test_pushes import marketing, person  # noqa: F401  a fixture
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging.actions import set_wish
from kefu.messaging.content import load as load_messages
from kefu.messaging.models import Message
from kefu.organisation.models import User
from kefu.testing.cast import SHANGHAI, Cast

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
BORN = date(1960, 11, 23)


def crowd(cast: Cast, many: int) -> None:
    """So many customers born on one day who agreed to text messages."""
    first = person(cast, "白示安", 1, BORN)
    agreed = give_consent(
        customer=first, scope="marketing_sms", method="spoken", note="可以", by=cast.manager, at=cast.at
    )
    row = Customer.objects.get(pk=first.pk)
    fields = {
        one.attname: getattr(row, one.attname) for one in Customer._meta.concrete_fields
        if not one.generated and not one.primary_key and one.name not in ("archive_no", "old_archive_no")
    }  # fmt: skip
    made = Customer.objects.bulk_create((Customer(**fields) for _number in range(many - 1)), batch_size=2000)
    ContactPoint.objects.bulk_create(
        (ContactPoint(customer=one, kind="phone", value=f"13800{n:06d}") for n, one in enumerate(made)), batch_size=2000
    )
    ConsentEntry.objects.bulk_create(
        (ConsentEntry(customer=one, text=agreed.text, scope=agreed.scope, state=agreed.state, method=agreed.method, by=agreed.by, at=agreed.at)
         for one in made),
        batch_size=2000,
    )  # fmt: skip


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of the block, by their first words."""
    said: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        said.append(sql[:60])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield said


@pytest.mark.req("FUP-007")
@pytest.mark.parametrize(("many", "portion"), [(500, 150), pytest.param(10_000, 600, marks=pytest.mark.soak)])
def test_everybody_is_greeted_once_whatever_dies_meanwhile(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    many: int,
    portion: int,
    marketing: User,  # noqa: F811
) -> None:
    for channel in ("sms", "wechat", "email"):
        transports.close(channel)
    load_messages(by=None, at=cast.at)
    crowd(cast, many)
    silent, sad, gone, rests = (person(cast, f"白示{name}", n, BORN) for n, name in enumerate("宁和文清", 2))
    Customer.objects.filter(pk=silent.pk).update(health_manager=cast.manager2)
    ContactPoint.objects.filter(customer=silent).update(active=False)
    set_wish(customer=sad, language="zh-hans", no_greetings="家里有丧事", by=cast.manager, at=cast.at)
    Customer.objects.filter(pk=rests.pk).update(restricted_at=cast.at)
    assert PER_MINUTE.on(NINE) == 600
    greet_birthdays(at=NINE)
    Push.objects.update(per_minute=portion)
    record_death(customer=gone, told_by="女儿", by=cast.manager, at=NINE)  # on the list, not yet written to
    push = Push.objects.get(template="birthday")

    honest, deaths, written, statements, peaks = greetings.send_many, [1], [0], [], []

    def dies_once(**letter: Any) -> object:
        found = honest(**letter)
        if len(written) == 2 and deaths:
            deaths.pop()
            raise SystemExit("the power is gone")
        return found

    monkeypatch.setattr(greetings, "send_many", dies_once)
    for minute in range(many // portion + 3):
        now = NINE + timedelta(minutes=minute)
        tracemalloc.start()
        with counted() as said:
            try:
                write_pushes(at=now)
            except SystemExit:
                assert Message.objects.count() == written[-1]  # nothing half-written
                said.clear()
                write_pushes(at=now)  # the next worker
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        written.append(Message.objects.count())
        statements.append(len(said))
        greet_birthdays(at=now)
        if minute == 0:
            pause_push(push=push, by=marketing, at=now)
            write_pushes(at=now)
            assert Message.objects.count() == written[-1] == portion
            run_push(push=push, by=marketing, at=now)
    assert not deaths
    assert max(after - before for before, after in pairwise(written)) == portion
    assert len(set(statements[: many // portion])) == 1  # a portion late takes no more than an early one
    assert max(statements) < 40
    assert max(peaks) < 2 * peaks[0]
    push.refresh_from_db()
    assert (push.state, Push.objects.count(), push.recipients.count()) == ("done", 2, many + 3)
    greet_birthdays(at=NINE + timedelta(hours=1))
    write_pushes(at=NINE + timedelta(hours=1))

    assert Push.objects.count() == 2  # the solar and the lunar one
    assert Message.objects.count() == PushRecipient.objects.exclude(message=None).count() == many + 3
    assert Counter(Message.objects.values_list("withheld", flat=True)) == {
        "": many, "no_address": 1, "no_greetings": 1, "died": 1,
    }  # fmt: skip
    greeted = OutboxMessage.objects.filter(expires_at=NINE.replace(hour=0) + timedelta(days=1))
    assert greeted.count() == greeted.values("customer_id").distinct().count() == many
    told = AuditEntry.objects.filter(code="messaging.message.sent")
    assert told.count() == many
    assert TimelineLine.objects.filter(kind="message").count() == many
    assert [one.customer for one in owed_greetings(cast.manager2, NINE)] == [silent]  # somebody calls
    assert not Message.objects.filter(customer=rests).exists()


@pytest.mark.req("FUP-007")
def test_thirty_are_written_to_with_as_many_statements_as_three(cast: Cast) -> None:
    load_messages(by=None, at=cast.at)
    crowd(cast, 33)
    people = list(Customer.objects.select_related("node__parent__parent", "doctor", "health_manager").order_by("pk"))
    seen = []
    for some in (people[:3], people[3:]):
        with counted() as said:
            greetings.send_many(customers=some, template="birthday", key="greet", by=cast.system, at=NINE)
        seen.append(len(said))
    assert seen[1] <= seen[0] < 30
    assert Message.objects.count() == 33


def test_without_a_day_it_is_nobodys_birthday(cast: Cast) -> None:
    Customer.objects.create(name="沈知夏", node=cast.bj, created_by=cast.manager, created_at=cast.at)
    assert [list(narrow(Customer.objects.all(), [])) for narrow in (solar_on, lunar_on)] == [[], []]
