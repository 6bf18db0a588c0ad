"""The hot queries can be answered by the indexes made for them. On a few rows PostgreSQL would rather read the table, so that is switched off."""

from contextlib import contextmanager
from datetime import time, timedelta

import pytest
from django.db import connection

from bench.tests.queries_sent import sent
from kefu.appointments.actions import add_hours
from kefu.appointments.models import Equipment
from kefu.appointments.queries import free_between
from kefu.appointments.queries.sheets import read
from kefu.customers.indexing import ARCHIVE
from kefu.customers.models import Customer, TimelineLine
from kefu.customers.queries import listed, search, timeline
from kefu.foundation.search.counting import count_terms
from kefu.foundation.ui.keyset import Keyset
from kefu.foundation.worktime.content import load_calendars
from kefu.journey.content import load_journeys
from kefu.journey.models import Journey
from kefu.journey.models.journeys import PROMISED
from kefu.journey.queries.board import CAP, BoardFilter, board, journeys_listed
from kefu.journey.queries.positions import default_template
from kefu.journey.slots import owed
from kefu.organisation.models import Room
from kefu.products.models import Product
from kefu.stock.queries import amount
from kefu.testing.cast import AT
from kefu.testing.stories import customer_of, stocked_centre


@contextmanager
def indexes_used():
    """The indexes in the plans of the statements sent within the block."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with sent() as statements:
        yield found
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            found |= set(_names(cursor.fetchone()[0][0]["Plan"]))


def _names(plan):
    if "Index Name" in plan:
        yield plan["Index Name"]
    for inner in plan.get("Plans", ()):
        yield from _names(inner)


@pytest.fixture
def walking(cast):
    load_calendars(by=cast.system, at=AT)
    load_journeys(by=cast.system, at=AT)
    return customer_of(cast)


def test_a_rare_name_is_found_by_its_grams(cast, walking):
    with indexes_used() as used:
        assert search(cast.service, "沈知") == [walking]
    assert "customer_grams" in used


def test_a_frequent_name_is_found_by_walking_the_newest_of_each_node(cast, walking):
    Customer.objects.bulk_create(_twin(walking, node=cast.bj if n % 20 == 0 else cast.sh) for n in range(2000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    count_terms(ARCHIVE)
    with indexes_used() as used:
        assert len(search(cast.director, "沈知", limit=5)) == 5
    assert "customer_of_node" in used


def test_the_list_and_the_timeline_walk_their_indexes(cast, walking):
    with indexes_used() as used:
        assert list(listed(cast.director).order_by("-created_at", "-pk")[:20]) == [walking]
    assert used & {"customer_of_node", "customer_newest"}
    one = TimelineLine.objects.filter(customer=walking).latest("pk")
    TimelineLine.objects.bulk_create(  # so many that sorting them never pays, whatever other tests left in the statistics
        TimelineLine(customer=walking, at=AT + timedelta(minutes=n), kind=one.kind, said=one.said, values=one.values, by=one.by)
        for n in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_timelineline")
    with indexes_used() as used:
        assert len(timeline(walking).order_by("-at", "-pk")[:50]) == 50
    assert "timeline_of_customer" in used


def test_the_board_and_the_workbench_walk_the_turns(cast, walking):
    with indexes_used() as used:
        assert [item.customer_id for item in owed(cast.doctor, AT)] == [walking.pk]
    assert any(
        name in ("journey_turn", "journey_customer") or name.startswith("journey_journey_node_id") for name in used
    )
    one = Journey.objects.get()
    Journey.objects.bulk_create(  # so many that reading them all and sorting never pays, whatever other tests left in the table
        Journey(customer=walking, template=one.template, number=f"T{n}", node=one.node, since=AT, status_code=one.status_code,
                started_at=AT, due_at=AT + timedelta(minutes=n) if n % 3 else None)
        for n in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE journey_journey")
    with indexes_used() as used:
        columns = board(default_template(), cast.director, AT, BoardFilter())
        assert sum(group.count for column in columns for group in column.groups) == CAP
    # of the indexes that begin with the node any will do: on one node with everything in it they cost the same
    assert any(name == "journey_turn" or name.startswith("journey_journey_node_id") for name in used)
    with indexes_used() as used:
        rows = journeys_listed(cast.director, {"node": one.node.code}, AT).annotate(promised=PROMISED)
        first = Keyset(rows, order=("promised", "id"), size=50)
        assert len(Keyset(rows, order=("promised", "id"), size=50, cursor=first.next).rows) == 50
    assert "journey_promised" in used


def test_stock_on_hand_is_read_from_the_balances(cast):
    warehouse = stocked_centre(cast)
    fish_oil = Product.objects.get(code="N-014")
    with indexes_used() as used:
        assert amount(fish_oil, warehouse, AT).there == 52
    # with one warehouse the index of the product costs the same
    assert any(name == "balance_on_hand" or name.startswith("stock_balance_product_id") for name in used)
    assert not any(name.startswith("stock_move") for name in used)


def test_what_is_free_is_found_by_the_indexes_that_keep_bookings_apart(cast, walking):
    """So a doctor's bookings of years ago are not read to show a month."""
    room, camera = Room.objects.get(code="BJ-R1"), Equipment.objects.create(node=cast.bj, code="BJ-IR1", zh="热成像仪")
    add_hours(doctor=cast.doctor, node=cast.bj, weekday=1, opens=time(9), closes=time(12), slot_minutes=30, valid_from=AT.date(),
              room=room, equipment=camera, by=cast.director, at=AT)  # fmt: skip
    with indexes_used() as used:
        assert len(free_between(cast.doctor, cast.bj, AT.date(), AT.date() + timedelta(days=30), AT)) == 30
    assert {"appointment_one_per_doctor", "appointment_one_per_room", "appointment_one_per_equipment"} <= used


def test_the_page_of_a_day_reads_the_bookings_of_that_day(cast, walking):
    """And not those of all years: by the centre and the beginning."""
    with indexes_used() as used:
        read(cast.director, cast.bj, [AT.date()], AT)
    assert "appointment_of_node" in used


def _twin(customer, **other):
    columns = {field.attname: getattr(customer, field.attname) for field in Customer._meta.concrete_fields}
    return Customer(
        **columns | {"id": None, "archive_number": None} | {f"{name}_id": one.pk for name, one in other.items()}
    )
