"""Finding a booking from whatever the customer says."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from psycopg.types.range import TimestamptzRange

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentType, Channel
from kefu.appointments.models import Appointment
from kefu.appointments.queries.finding import Sought, find
from kefu.appointments.tests.test_booking import NINE, TUESDAY, open_clinic
from kefu.customers.actions import add_contact, update_archive
from kefu.customers.indexing import reindex
from kefu.customers.models import Customer
from kefu.kernel.ids import ident
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]


@pytest.fixture
def booked(cast: Cast) -> Appointment:
    """白示安, Tuesday at nine, by telephone; another customer half an hour later."""
    open_clinic(cast)
    customer = customer_of(cast, "白示安", "10000004321")
    update_archive(
        customer=customer, changes={"card_number": "KH-88 6021"}, version=customer.version, by=cast.manager, at=cast.at
    )
    add_contact(customer=customer, kind="email", value="bai@shi-an.example", by=cast.manager, at=cast.at)
    Customer.objects.filter(pk=customer.pk).update(archive_number="HA2600077")
    customer.refresh_from_db()
    reindex(customer)
    other = customer_of(cast, "陶映川", "10000000002")
    actions.book(customer=other, doctor=cast.doctor, node=cast.bj, type=AppointmentType.REVISIT, start=NINE + timedelta(minutes=30), by=cast.manager, at=cast.at)  # fmt: skip
    return actions.book(customer=customer, doctor=cast.doctor, node=cast.bj, type=AppointmentType.FIRST_VISIT, start=NINE, channel=Channel.PHONE, by=cast.manager, at=cast.at)  # fmt: skip


@pytest.mark.req("APT-009")
@pytest.mark.req("APT-007", part="finding")
@pytest.mark.parametrize(
    "text",
    [
        "白示安",
        "示安",
        "baishian",
        "bsa",
        "10000004321",
        "4321",
        "bai@shi-an.example",
        "KH-88 6021",
        "kh886021",
        "HA2600077",
    ],
)
def test_anything_the_customer_says_finds_the_booking(cast: Cast, booked: Appointment, text: str) -> None:
    assert [row.pk for row in find(cast.service, Sought(text=text))] == [booked.pk]


@pytest.mark.req("APT-009")
def test_date_time_doctor_branch_and_channel_narrow(cast: Cast, booked: Appointment) -> None:
    def found(**known: object) -> list[int]:
        return [row.pk for row in find(cast.service, Sought(**known)).order_by("starts")]  # type: ignore[arg-type]

    both = list(Appointment.objects.order_by("during").values_list("pk", flat=True))
    assert found(first=TUESDAY, last=TUESDAY) == both
    assert found(first=TUESDAY + timedelta(days=1)) == found(last=TUESDAY - timedelta(days=1)) == []
    assert found(time=time(9, 10)) == [booked.pk]
    assert found(time=time(9, 30)) == [pk for pk in both if pk != booked.pk]
    assert (found(part="morning"), found(part="afternoon")) == (both, [])
    assert (found(node=cast.bj.pk), found(node=cast.sh.pk)) == (both, [])
    assert (found(doctor=cast.doctor.pk), found(doctor=cast.doctor2.pk)) == (both, [])
    assert found(channel="phone", type="first_visit", status="booked") == [booked.pk]
    assert found(text=ident("apt", booked.pk)) == [booked.pk]
    assert found(text="没有的人") == found(text="。。") == []


@pytest.mark.req("APT-009")
def test_doctor_manager_and_service_look_each_within_reach(cast: Cast, booked: Appointment) -> None:
    for who in (cast.doctor, cast.manager, cast.service):
        assert find(who, Sought(text="4321")).exists()
    for who in (cast.sh_manager, cast.doctor2, cast.keeper):
        assert not find(who, Sought(text="4321")).exists()


@pytest.mark.req("APT-009")
def test_the_list_page_finds_pages_and_is_taken_away(cast: Cast, login: Login, booked: Appointment) -> None:
    service = login(cast.service)
    page = service.get("/appointments/list/?q=4321").content.decode()
    assert "白示安" in page
    assert "陶映川" not in page.partition('id="ap-rows"')[2]
    early = login(cast.service).get(
        "/appointments/list/?first=2026-11-01", headers={"X-Kefu-At": "2026-11-03T09:00:00+08:00"}
    )
    assert "11月24日 09:00" in early.content.decode()  # weeks ahead the hour is said too
    assert "没有找到这样的预约" in service.get("/appointments/list/?q=4321&time=11:00").content.decode()
    assert service.get("/appointments/list/?first=zzz&node=x&time=25:00&after=zzz").status_code == 200
    rows = login(cast.director).post("/exports/appointments.list/?q=4321", {"reason": "给客户核对", "form": "csv"})
    text = b"".join(rows.streaming_content if rows.streaming else [rows.content]).decode("utf-8-sig")
    assert "白示安" in text
    assert "陶映川" not in text


def old_bookings_of_others(cast: Cast, count: int = 2_000) -> None:
    """Customers with one booking each, years ago."""
    people = Customer.objects.bulk_create(
        Customer(name=f"客户{n}", node=cast.bj, grams=["客户", f"g{n}"], created_by=cast.manager, created_at=cast.at)
        for n in range(count)
    )
    first = NINE - timedelta(days=2_000)
    Appointment.objects.bulk_create(
        Appointment(
            customer=customer, doctor=cast.doctor2, node=cast.bj, type_id=AppointmentType.REVISIT, booked_by=cast.manager, booked_at=cast.at,
            during=(span := TimestamptzRange(first + timedelta(hours=n), first + timedelta(hours=n, minutes=30))),
            reach=span,
        )
        for n, customer in enumerate(people)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('customer_grams')")  # as autovacuum does
        cursor.execute("ANALYZE customers_customer, appointments_appointment")


@pytest.mark.req("APT-009")
def test_years_of_other_bookings_are_not_read(cast: Cast, booked: Appointment) -> None:
    old_bookings_of_others(cast)

    def plan(rows: Any) -> str:
        with connection.cursor() as cursor:
            sql, values = rows.query.sql_with_params()
            cursor.execute("SET LOCAL enable_seqscan = off")  # small tables are read whole, whatever indexes there are
            cursor.execute(f"EXPLAIN {sql}", values)
            return "\n".join(row[0] for row in cursor.fetchall())

    by_name = plan(find(cast.service, Sought(text="4321")).order_by("starts", "pk")[:51])
    assert "customer_grams" in by_name
    assert "Seq Scan on appointments_appointment" not in by_name
    by_day = plan(
        find(cast.manager, Sought(first=TUESDAY, last=TUESDAY, node=cast.bj.pk)).order_by("starts", "pk")[:51]
    )
    assert "appointment_of_node" in by_day or "appointment_starts" in by_day


@pytest.mark.req("APT-009")
def test_other_programs_find_bookings_by_the_same_filters(
    cast: Cast, booked: Appointment, program: Callable[..., Any]
) -> None:
    send = program(cast.service)
    found = send("GET", "appointments?q=4321&date_from=2026-11-24&time=09:00&status=booked&node=BJ&doctor=2002")[1][
        "items"
    ]
    assert [(one["id"], one["channel"]) for one in found] == [(ident("apt", booked.pk), "phone")]
    first = send("GET", "appointments?limit=1")[1]
    second = send("GET", f"appointments?limit=1&after={first['next']}")[1]
    assert [one["start"][11:16] for one in (*first["items"], *second["items"])] == ["09:00", "09:30"]
    assert second["next"] is None
    assert send("GET", "appointments?time=9")[0] == 422
    assert program(cast.sh_manager)("GET", "appointments?q=4321")[1]["items"] == []
