"""The crowd looks as if every one of them had been registered and looked after by actions."""

from datetime import timedelta

import pytest
from django.db import connection
from psycopg.types.range import TimestamptzRange

from bench.world.building import LIFE_COLUMNS, life_row, make_life_table
from bench.world.copying import columns_of, copy_rows, values_of
from bench.world.multiplying import LIFE, multiply
from bench.world.people import Crowd
from bench.world.stories import LAST, LEAD, Story
from kefu.appointments.models import Appointment
from kefu.customers.actions import create_lead
from kefu.customers.indexing import KEPT, reindex
from kefu.customers.models import ContactPoint, Customer, TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.worktime.content import load_calendars
from kefu.journey.content import load_journeys
from kefu.journey.models import Journey, JourneyEntry, NodeTemplate
from kefu.testing.cast import AT
from kefu.testing.stories import customer_of

FIRST = 1_000_000
"""Beyond what the sequences of other tests have reached."""
OWN = {"id", "created_at", "created_by_id", "node_id"}


@pytest.fixture
def stories(chain):
    load_calendars(by=chain.cast.system, at=AT)
    load_journeys(by=chain.cast.system, at=AT)
    lead = create_lead(name="沈知夏", phone="10000000002", source=chain.source, by=chain.cast.manager, at=AT).customer
    opened = Customer.objects.get(pk=customer_of(chain.cast).pk)
    return [Story(LEAD, Customer.objects.get(pk=lead.pk)), Story("consultation", opened), Story(LAST, opened)]


@pytest.fixture
def crowd(chain, stories):
    return list(Crowd(chain, stories, first_id=FIRST, first_contact=FIRST).lives(60))


def columns(row, without):
    return {
        name: value for name, value in zip(columns_of(type(row)), values_of(row), strict=True) if name not in without
    }


def test_a_lead_of_the_crowd_is_the_row_that_registering_writes(chain, crowd):
    life = next(life for life in crowd if life.story.node == LEAD)
    phone = life.contacts[0].value.removeprefix("+86")
    written = create_lead(
        name=life.customer.name, phone=phone, source=chain.source, by=chain.cast.manager, at=AT
    ).customer
    written = Customer.objects.get(pk=written.pk)
    assert columns(life.customer, OWN) == columns(written, OWN)
    assert len(life.customer.grams) > 10
    assert columns(life.contacts[0], {"id", "customer_id"}) == columns(written.contacts.get(), {"id", "customer_id"})


def test_search_columns_are_those_that_an_action_would_store(crowd):
    life = next(
        life for life in crowd if life.story.node == LAST and life.customer.address and life.customer.medical_history
    )
    life.customer.save(force_insert=True)
    for contact in life.contacts:
        contact.save(force_insert=True)
    reindex(Customer.objects.get(pk=life.customer.pk))
    stored = Customer.objects.get(pk=life.customer.pk)
    assert {name: getattr(stored, name) for name in KEPT} == {name: getattr(life.customer, name) for name in KEPT}


def test_the_crowd_is_always_the_same_and_nobody_meets_twice(chain, stories, crowd):
    again = Crowd(chain, stories, first_id=FIRST, first_contact=FIRST).lives(60)
    assert [life.customer.name for life in again] == [life.customer.name for life in crowd]
    slots = [(life.customer.doctor_id, life.slot) for life in crowd if life.customer.doctor_id]
    assert len(slots) == len(set(slots))


def test_all_that_hangs_on_a_prototype_hangs_on_its_customers(chain, stories, crowd):
    life = next(life for life in crowd if life.story.node == LAST and life.customer.node == chain.cast.sh)
    life.customer.save(force_insert=True)
    connection.ensure_connection()
    make_life_table(connection.connection)
    copy_rows(connection.connection, LIFE, LIFE_COLUMNS, [life_row(life)])
    multiply(connection.connection, chain)

    pattern, own = Journey.objects.get(customer=life.story.customer), Journey.objects.get(customer=life.customer)
    assert (own.node, own.status_code, own.since - pattern.since) == (pattern.node, pattern.status_code, life.shift)
    assert own.number == f"LC{own.pk}"
    kinds = [list(JourneyEntry.objects.filter(journey=one).values_list("kind", "node__code")) for one in (pattern, own)]
    assert kinds[0] == kinds[1]
    lines = TimelineLine.objects.filter(customer=life.customer).order_by("at", "pk")
    told = TimelineLine.objects.filter(customer=life.story.customer).order_by("at", "pk")
    assert [line.item for line in lines] == [line.item for line in told]
    assert {line.by for line in lines} == {life.customer.health_manager}
    entries = AuditEntry.objects.filter(customer_id=life.customer.pk)
    assert {(entry.node_id, entry.subject_id) for entry in entries} == {(chain.cast.sh.pk, life.customer.pk)}
    assert min(line.at for line in lines) - min(line.at for line in told) == life.shift
    assert life.shift < -timedelta(days=29)


def test_a_visit_is_moved_to_a_slot_of_its_own(chain, stories, crowd):
    """It lasts as long; what it does not have, such as buffers, its copy has not either."""
    life = next(life for life in crowd if life.slot)
    half = TimestamptzRange(AT, AT + timedelta(minutes=30))
    pattern = Appointment.objects.create(
        customer=life.story.customer, doctor=chain.cast.doctor, node=chain.cast.bj, type_id="revisit", during=half,
        reach=half, booked_by=chain.cast.manager, booked_at=AT,
    )  # fmt: skip
    life.customer.save(force_insert=True)
    connection.ensure_connection()
    make_life_table(connection.connection)
    copy_rows(connection.connection, LIFE, LIFE_COLUMNS, [life_row(life)])
    multiply(connection.connection, chain)

    visit = Appointment.objects.get(customer=life.customer)
    assert (pattern.start, visit.start, visit.end - visit.start) == (AT, life.slot, timedelta(minutes=30))
    assert (visit.blocked, visit.reach) == (None, visit.during)


def test_a_step_of_the_journey_is_no_place_of_the_chain(chain, stories, crowd):
    """Both are called node; only the place is the customer's own."""
    life = next(life for life in crowd if life.story.node == LAST and life.customer.node == chain.cast.sh)
    life.customer.save(force_insert=True)
    pattern, bj = Journey.objects.get(customer=life.story.customer), chain.cast.bj.pk
    step = NodeTemplate.objects.filter(pk=bj).first() or _step(pk=bj, like=pattern.node)
    JourneyEntry.objects.create(journey=pattern, node=step, kind="done", by=chain.cast.doctor, at=AT)
    connection.ensure_connection()
    make_life_table(connection.connection)
    copy_rows(connection.connection, LIFE, LIFE_COLUMNS, [life_row(life)])
    multiply(connection.connection, chain)
    assert JourneyEntry.objects.filter(journey__customer=life.customer).latest("pk").node == step


def _step(*, pk, like):
    return NodeTemplate.objects.create(
        pk=pk, template=like.template, phase=like.phase, code="another", order=999, roles=["doctor"], status_code="x"
    )


def test_columns_are_copied_as_they_are(crowd):
    rows = [life.contacts[0] for life in crowd[:3]]
    for life in crowd[:3]:
        life.customer.save(force_insert=True)
    connection.ensure_connection()
    copy_rows(
        connection.connection, "customers_contactpoint", columns_of(ContactPoint), [values_of(row) for row in rows]
    )
    stored = ContactPoint.objects.filter(pk__gte=FIRST).order_by("pk")
    assert [values_of(row) for row in stored] == [values_of(row) for row in rows]
