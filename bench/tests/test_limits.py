"""A limit writes the rows it says it writes: the same as the action where it claims so."""

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg.types.range import TimestamptzRange

from bench.limits import appointment_book, customer_create, import_customers, lab_oru_ingest, outbox_send
from bench.limits.reading import statement
from bench.world.stories import interview
from kefu.appointments.actions import add_hours, book, take_leave
from kefu.appointments.choices import AppointmentType
from kefu.appointments.models import AppointmentChange
from kefu.appointments.queries import free_between
from kefu.customers.actions import create_lead
from kefu.customers.exchange import CUSTOMERS
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.running import import_file
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.testing import stored
from kefu.foundation.outbox.transports import Taken
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.models import ClosedDay
from kefu.journey.content import load_journeys
from kefu.lab.actions.messages import receive
from kefu.lab.models import Message
from kefu.lab.testing import in_testing, open_customer, stock_kits
from kefu.lab.testing_results import oru
from kefu.products.models import Product
from kefu.stock.actions import count_lines, issue, open_stocktake
from kefu.stock.models import Balance, Move, StocktakeCount
from kefu.testing.cast import AT, SHANGHAI
from kefu.testing.stories import customer_of, stocked_centre

_INSERTED = "SELECT relname, n_tup_ins FROM pg_stat_xact_user_tables WHERE n_tup_ins > 0"


class Plain:
    """The test's own connection, whose transaction stays open when a limit commits."""

    def cursor(self):
        return connection.connection.cursor()

    def commit(self):
        pass


@contextmanager
def inserted():
    """How many rows each table gets within the block."""

    def counted():
        with connection.cursor() as cursor:
            cursor.execute(_INSERTED)
            return dict(cursor.fetchall())

    before, found = counted(), {}
    yield found
    found |= {
        table: count - before.get(table, 0) for table, count in counted().items() if count != before.get(table, 0)
    }


def test_registering_and_its_limit_write_the_same_rows(cast):
    with inserted() as ours:
        customer = create_lead(name="沈知夏", phone="10000000002", by=cast.manager, at=AT).customer
    rows = customer_create.rows_of(customer)
    rows[1].value = "10000000003"
    with inserted() as limit:
        customer_create.write(Plain(), customer_create.ready(*rows))
    assert (
        limit
        == ours
        == {"customers_customer": 1, "customers_contactpoint": 1, "audit_auditentry": 1, "customers_timelineline": 1}
    )


def test_the_limit_of_an_import_writes_the_rows_of_its_people(cast):
    content = "姓名,电话\n白示安,10000000004\n白示宁,10000000005".encode()
    with inserted() as ours:
        run = import_file(spec=CUSTOMERS, content=content, name="名单.csv", mode="good", by=cast.manager, at=AT)
    people = [customer_create.rows_of(one) for one in Customer.objects.order_by("pk")]
    for number, rows in enumerate(people):
        rows[1].value = f"1000000010{number}"
    with inserted() as limit:
        import_customers.write(Plain(), [customer_create.ready(*rows) for rows in people], run.pk, 10)
    assert limit == {
        "customers_customer": 2, "customers_contactpoint": 2, "audit_auditentry": 2, "customers_timelineline": 2, "exchange_importedrow": 2,
    }  # fmt: skip
    assert {table: ours[table] for table in limit} == limit | {"audit_auditentry": 4}  # the run was opened and ended


def test_booking_writes_what_its_limit_writes_and_tells(cast):
    load_calendars(by=cast.system, at=AT)
    customer = customer_of(cast)
    add_hours(doctor=cast.doctor, node=cast.bj, weekday=1, opens=datetime(2026, 1, 1, 9).time(), closes=datetime(2026, 1, 1, 12).time(),
              slot_minutes=30, valid_from=AT.date(), by=cast.director, at=AT)  # fmt: skip
    start = datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
    with inserted() as ours:
        made = book(
            customer=customer,
            doctor=cast.doctor,
            node=cast.bj,
            type=AppointmentType.REVISIT,
            start=start,
            by=cast.manager,
            at=AT,
        )
    made.during = made.reach = TimestamptzRange(start + timedelta(hours=1), start + timedelta(hours=2))
    change, entry = (
        AppointmentChange.objects.get(),
        AuditEntry.objects.filter(subject_kind="appointments.appointment").get(),
    )
    job = ProcrastinateJob.objects.get(task_name="appointments.tell_customer")
    with inserted() as limit:
        appointment_book.write(Plain(), *appointment_book.ready(made, change, entry, job))
    rows = {"appointments_appointment": 1, "appointments_appointmentchange": 1, "audit_auditentry": 1}
    assert limit == rows | {"procrastinate_jobs": 1, "procrastinate_events": 1}
    assert ours == limit | {"customers_timelineline": 1, "notices_notice": 1}


def test_what_is_free_of_a_month_and_its_limit_agree(cast):
    load_calendars(by=cast.system, at=AT)
    ClosedDay.objects.create(node=cast.bj, day=date(2026, 12, 8), name="停电检修")
    customer = customer_of(cast)
    hours = {"doctor": cast.doctor, "node": cast.bj, "slot_minutes": 30, "by": cast.director, "at": AT}
    add_hours(**hours, weekday=1, opens=time(9), closes=time(12, 20), valid_from=AT.date())
    add_hours(**hours, weekday=3, opens=time(14), closes=time(15), valid_from=AT.date(), valid_to=date(2026, 12, 12))
    leave = {"doctor": cast.doctor, "node": cast.bj, "reason": "开会", "by": cast.director, "at": AT}
    take_leave(**leave, first=date(2026, 12, 1), last=date(2026, 12, 1), opens=time(10, 10), closes=time(11))
    take_leave(**leave, first=date(2026, 12, 15), last=date(2026, 12, 15))
    start = datetime(2026, 11, 24, 9, 30, tzinfo=SHANGHAI)
    book(
        customer=customer,
        doctor=cast.doctor,
        node=cast.bj,
        type=AppointmentType.REVISIT,
        start=start,
        by=cast.manager,
        at=AT,
    )
    first, last = date(2026, 11, 24), date(2026, 12, 23)
    ours = free_between(cast.doctor, cast.bj, first, last, AT)
    with connection.connection.cursor() as cursor:
        values = {"doctor": cast.doctor.pk, "node": cast.bj.pk, "first": first, "last": last, "at": AT}
        by_hand = cursor.execute(statement("appointment_free_slots"), values).fetchall()
    assert [(slot.start, slot.end) for slot in ours] == by_hand
    assert {slot.start.day for slot in ours} == {24, 26, 1, 3, 10, 22}


def test_allocating_and_its_limit_take_the_same_lots(cast):
    warehouse = stocked_centre(cast)
    fish_oil, vitamins = Product.objects.get(code="N-014"), Product.objects.get(code="N-001")
    before = dict(Balance.objects.values_list("lot__code", "quantity"))
    with connection.connection.cursor() as cursor:
        cursor.execute("SAVEPOINT limit_runs")
        cursor.execute(statement("stock_allocate_fefo"), {
            "products": [fish_oil.pk, vitamins.pk], "packs": [30, 5], "warehouse": warehouse.pk, "today": AT.date(), "number": "B1",
            "purpose": "发往其他中心", "by": cast.keeper.pk, "at": AT,
        })  # fmt: skip
    taken = {
        lot: before[lot] - left
        for lot, left in Balance.objects.values_list("lot__code", "quantity")
        if before[lot] != left
    }
    moves = list(Move.objects.filter(kind="issue").order_by("balance").values_list("balance__lot__code", "quantity"))
    with connection.connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO limit_runs")
    issue(warehouse=warehouse, lines=[(fish_oil, 30), (vitamins, 5)], purpose="发往其他中心", by=cast.keeper, at=AT)
    ours = {
        lot: before[lot] - left
        for lot, left in Balance.objects.values_list("lot__code", "quantity")
        if before[lot] != left
    }
    assert taken == ours == {"DA26031": 12, "DA26072": 18, "DB26044": 5}
    assert moves == list(
        Move.objects.filter(kind="issue").order_by("balance").values_list("balance__lot__code", "quantity")
    )


def test_counting_and_its_limit_write_the_same_rows(cast):
    warehouse = stocked_centre(cast)
    first, second = (open_stocktake(warehouse=warehouse, by=cast.keeper, at=AT) for _both in range(2))

    def counts(sheet):
        return {pk: book - 1 for pk, book in sheet.lines.values_list("pk", "balance__quantity")}

    def written(sheet):
        lines = sheet.lines.order_by("balance").values_list("balance", "counted", "variance", "counts", "last_by")
        kept = StocktakeCount.objects.filter(line__stocktake=sheet).order_by("line__balance")
        return list(lines), list(kept.values_list("line__balance", "packs", "book", "last_move", "by", "at"))

    by_hand = counts(second)
    with connection.connection.cursor() as cursor:
        values = {"lines": list(by_hand), "packs": list(by_hand.values()), "by": cast.keeper.pk, "at": AT}
        told = cursor.execute(statement("stock_count_1000_lines"), values).fetchone()
    count_lines(stocktake=first, counted=counts(first), by=cast.keeper, at=AT)
    assert told == (len(by_hand),)
    assert written(first) == written(second)


@pytest.fixture
def two_in_testing(cast):
    load_calendars(by=cast.admin, at=AT)
    load_journeys(by=cast.admin, at=AT)
    stock_kits(cast)
    customers = [
        open_customer(cast, name, phone) for name, phone in (("程望舒", "10000000003"), ("贺秋实", "10000000004"))
    ]
    for customer in customers:
        interview(customer=customer, by=cast.doctor, at=AT)
    return [in_testing(cast, customer, ["T-GEN"]) for customer in customers]


def test_filing_and_its_limit_write_the_same_results(cast, two_in_testing):
    first, second = two_in_testing
    with inserted() as ours:
        receive(raw=oru(first, control_id="B1").encode(), by=cast.lab_system, at=AT)
    pattern = lab_oru_ingest.filed(Message.objects.get(), first)
    ready = lab_oru_ingest.ready(pattern, second, oru(second, control_id="B2").encode(), "another")
    with inserted() as limit:
        lab_oru_ingest.write(Plain(), ready)
    assert limit == ours
    assert limit["lab_resultversion"] == first.items.get().item.analytes.count()


def test_a_message_leaves_in_two_steps_on_both_sides(transactional_db):
    transports.register("bench", lambda _payload, key: Taken("bench", (key,)))
    ours, by_hand = (stored(AT, channel="bench", key=key, payload={"to": "1", "body": "…"}) for key in ("a", "b"))
    delivery.deliver(message_id=ours.pk, at=AT)
    with connection.cursor():
        outbox_send.send(Plain(), by_hand.pk, AT)
    transports.close("bench")

    for message in (ours, by_hand):
        message.refresh_from_db()
        assert (message.state, message.attempts, message.sent_at, message.via) == ("sent", 1, AT, "bench")
