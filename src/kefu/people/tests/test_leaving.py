"""Somebody leaves: everything in his or her hands goes to others before the account closes."""

from datetime import date, time, timedelta

import pytest

from kefu.administration.actions.stand_ins import offer_stand_in
from kefu.appointments.actions import add_hours, book
from kefu.appointments.choices import AppointmentType
from kefu.consultations.actions.drafts import start
from kefu.customers.actions import create_lead
from kefu.customers.actions.ownership import offer_customer
from kefu.customers.models import Customer, OwnershipChange
from kefu.followup.actions import take
from kefu.followup.models import FollowUp
from kefu.foundation.assignments.actions import accept, decline
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.journey.tests.walking import start_walk
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.people import actions
from kefu.people.models import WorkHandover
from kefu.people.queries.departures import leaving_counts
from kefu.people.tests.leavers import WHY, given, held, leaves
from kefu.stock.models import Warehouse
from kefu.testing.stories import customer_of


@pytest.mark.req("ORG-016")
def test_customers_are_offered_to_several_and_go_when_they_accept(cast):
    third = cast.sh_manager
    cast.sh_manager.grants.create(role=cast.manager.grants.get().role, node=cast.bj, valid_from=date(2026, 1, 5))
    customers = [customer_of(cast, f"白示{name}", f"1000000072{place}") for place, name in enumerate("安宁和平")]
    departure = leaves(cast, cast.manager)
    everything = held(departure, cast.at)["customers.manager"]
    assert everything == [customer.pk for customer in customers]

    offers = actions.ask_to_take_over(
        departure=departure,
        code="customers.manager",
        ids=everything,
        takers=[cast.manager2, third],
        reason=WHY,
        by=cast.admin,
        at=cast.at,
    )
    assert [(offer.taker, len(offer.ids)) for offer in offers] == [(cast.manager2, 2), (third, 2)]
    assert held(departure, cast.at)["customers.manager"] == everything  # nothing changes hands before acceptance
    with pytest.raises(Invalid):
        actions.ask_to_take_over(
            departure=departure,
            code="customers.manager",
            ids=everything,
            takers=[cast.manager2],
            reason=WHY,
            by=cast.admin,
            at=cast.at,
        )

    first, second = Assignment.objects.order_by("pk")
    assert first.title == "何示文 2"
    accept(assignment=first, by=cast.manager2, at=cast.at)
    decline(assignment=second, reason="已经满了", by=third, at=cast.at)
    assert set(Customer.objects.filter(health_manager=cast.manager2)) == {customers[0], customers[2]}
    assert held(departure, cast.at)["customers.manager"] == [customers[1].pk, customers[3].pk]
    change = OwnershipChange.objects.filter(customer=customers[0]).latest("pk")
    assert (change.manager_before, change.manager_after, change.reason) == (cast.manager, cast.manager2, WHY)


@pytest.mark.req("ORG-016")
def test_a_director_hands_over_at_once_and_others_may_not(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    departure = leaves(cast, cast.doctor)
    ids = held(departure, cast.at)["customers.doctor"]
    with pytest.raises(Forbidden):
        given(cast, departure, "customers.doctor", ids, [cast.doctor2], by=cast.admin)
    with pytest.raises(Invalid):
        given(cast, departure, "customers.doctor", ids, [cast.manager])
    with pytest.raises(Invalid):
        given(cast, departure, "customers.doctor", ids, [cast.sh_doctor])
    assert given(cast, departure, "customers.doctor", ids, [cast.doctor2]).done == 1
    customer.refresh_from_db()
    assert customer.doctor == cast.doctor2
    assert "customers.doctor" not in held(departure, cast.at)


@pytest.mark.req("ORG-016")
def test_a_booking_keeps_its_time_only_where_the_new_doctor_is_free(cast):
    for doctor in (cast.doctor, cast.doctor2):
        add_hours(
            doctor=doctor, node=cast.bj, weekday=0, opens=time(10), closes=time(12), slot_minutes=30, valid_from=date(2026, 1, 5),
            by=cast.director, at=cast.at,
        )  # fmt: skip
    later = cast.at + timedelta(days=14)

    def booking(name: str, phone: str, doctor, hour: int, minute: int):
        return book(
            customer=customer_of(cast, name, phone), doctor=doctor, node=cast.bj, type=AppointmentType.REVISIT,
            start=later.replace(hour=hour, minute=minute), by=cast.manager, at=cast.at,
        )  # fmt: skip

    free, taken = (
        booking("白示安", "10000000711", cast.doctor, 10, 0),
        booking("白示宁", "10000000712", cast.doctor, 10, 30),
    )
    booking("白示和", "10000000713", cast.doctor2, 10, 30)
    departure = leaves(cast, cast.doctor)
    ids = held(departure, cast.at)["appointments.bookings"]
    assert ids == [free.pk, taken.pk]

    handed = given(cast, departure, "appointments.bookings", ids, [cast.doctor2])

    assert handed.done == 1 and list(handed.refusals) == ["何示和那个时间不出诊或已有预约，请改约。"]
    start = free.start
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.doctor, free.start, taken.doctor) == (cast.doctor2, start, cast.doctor)
    assert held(departure, cast.at)["appointments.bookings"] == [taken.pk]
    assert WorkHandover.objects.get().left == [taken.pk]
    assert (
        Notice.objects.filter(user=cast.doctor2, code="doctor_booking_new", link=f"/appointments/{free.pk}/").count()
        == 1
    )

    spring = departure.last_day + timedelta(days=60)
    add_hours(
        doctor=cast.doctor, node=cast.bj, weekday=6, opens=time(9), closes=time(10), slot_minutes=30, valid_from=spring,
        by=cast.director, at=cast.at,
    )  # fmt: skip
    hours = held(departure, cast.at)["appointments.hours"]
    actions.release_held(
        departure=departure, code="appointments.hours", ids=hours, reason=WHY, by=cast.admin, at=cast.at
    )
    assert [one.valid_to for one in cast.doctor.clinic_hours.all()] == [departure.last_day + timedelta(days=1)]
    assert "appointments.hours" not in held(departure, cast.at)
    assert AuditEntry.objects.filter(code="appointments.hours.struck_out").count() == 1


@pytest.mark.req("ORG-016")
def test_offers_stand_ins_and_leads_go_back(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    lead = create_lead(
        name="白示宁", phone="10000000712", node=cast.bj, health_manager=cast.manager2, by=cast.manager2, at=cast.at
    ).customer
    offer_customer(
        customer=customer, to=cast.manager2, role="health_manager", reason="住得近", by=cast.manager, at=cast.at
    )
    offer_stand_in(
        absent=cast.manager, substitute=cast.manager2, starts_at=cast.at, ends_at=cast.at + timedelta(days=30), reason="年假",
        by=cast.manager, at=cast.at,
    )  # fmt: skip
    departure = leaves(cast, cast.manager2)
    found = held(departure, cast.at)
    assert {code: len(ids) for code, ids in found.items()} == {"customers.manager": 1, "offers": 2, "stand_ins": 1}

    for code, ids in found.items():
        assert actions.release_held(
            departure=departure, code=code, ids=ids, reason=WHY, by=cast.admin, at=cast.at
        ).done == len(ids)

    lead.refresh_from_db()
    assert lead.health_manager is None
    assert Notice.objects.filter(user=cast.manager, code="assignments.lapsed").count() == 2
    assert held(departure, cast.at) == {}


@pytest.mark.req("ORG-016")
def test_contacts_drafts_and_the_warehouse_go_too(cast):
    walk = start_walk(cast).to("followup")
    contact = FollowUp.objects.filter(customer=walk.customer, state="open").earliest("due_at")
    take(follow_up=contact, by=cast.manager, at=walk.at)
    draft = start(customer=customer_of(cast, "白示宁", "10000000712"), by=cast.doctor, at=walk.at)
    other = cast.guide
    other.grants.create(role=cast.keeper.grants.get().role, node=cast.bj, valid_from=date(2026, 1, 5))
    warehouse = Warehouse.objects.get(keeper=cast.keeper)

    for leaver, code, taker in (
        (cast.manager, "followup.taken", cast.manager2),
        (cast.doctor, "consultations.drafts", cast.doctor2),
        (cast.keeper, "stock.keeper", other),
    ):
        departure = actions.open_departure(
            user=leaver, reason="career", last_day=walk.at.date() + timedelta(days=7), by=cast.admin, at=walk.at
        )
        ids = held(departure, walk.at)[code]
        made = actions.ask_to_take_over(
            departure=departure, code=code, ids=ids, takers=[taker], reason=WHY, by=cast.admin, at=walk.at
        )
        if leaver == cast.manager:
            with pytest.raises(Refused, match="请先把客户交给他"):
                accept(assignment=Assignment.objects.get(subject_id=made[0].pk), by=taker, at=walk.at)
            given(cast, departure, "customers.manager", [walk.customer.pk], [taker])
        accept(assignment=Assignment.objects.get(subject_id=made[0].pk, kind=f"people.{code}"), by=taker, at=walk.at)
        assert code not in held(departure, walk.at)

    for row in (contact, draft, warehouse):
        row.refresh_from_db()
    assert (contact.taken_by, draft.doctor, warehouse.keeper) == (cast.manager2, cast.doctor2, other)


def test_a_customer_with_an_archive_is_not_put_into_the_pool(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    departure = leaves(cast, cast.manager)
    handed = actions.release_held(
        departure=departure, code="customers.manager", ids=[customer.pk], reason=WHY, by=cast.admin, at=cast.at
    )
    assert handed.done == 0 and list(handed.refusals) == ["已建档的客户要有负责人，请交给同事。"]
    customer.refresh_from_db()
    assert customer.health_manager == cast.manager


def test_shares_are_taken_up_in_the_order_of_the_locks(cast):
    third = cast.sh_manager
    third.grants.create(role=cast.manager.grants.get().role, node=cast.bj, valid_from=date(2026, 1, 5))
    ids = [customer_of(cast, f"白示{name}", f"1000000072{place}").pk for place, name in enumerate("安宁和平康")]
    given(cast, leaves(cast, cast.manager), "customers.manager", ids, [cast.manager2, third])
    assert list(OwnershipChange.objects.filter(reason=WHY).order_by("pk").values_list("customer_id", flat=True)) == ids
    assert Customer.objects.filter(health_manager=third).count() == 2


@pytest.mark.req("ORG-016")
def test_reasons_are_counted_by_reason_month_and_place(cast):
    for user, days, reason in ((cast.manager, 7, "pay"), (cast.guide, 40, "pay"), (cast.service, 8, "family")):
        leaves(cast, user, days=days, reason=reason)
    staying = leaves(cast, cast.keeper, reason="health")
    actions.cancel_departure(departure=staying, reason="不走了", by=cast.admin, at=cast.at)
    counts = leaving_counts(cast.admin, date(2026, 11, 1), date(2027, 1, 31))
    assert counts.total == 3
    assert counts.reasons == [("薪资待遇", 2), ("家庭原因", 1)]
    assert counts.months == [(date(2026, 11, 1), 1), (date(2026, 12, 1), 1), (date(2027, 1, 1), 1)]
    assert counts.nodes == [(cast.bj, 2), (cast.hq, 1)]
    assert leaving_counts(cast.admin, date(2026, 11, 1), date(2026, 12, 31), cast.bj).total == 1
    assert leaving_counts(cast.director, date(2026, 11, 1), date(2027, 1, 31)).total == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": "bored"}, "reason"),
        ({"reason": "unstated"}, "reason"),
        ({"reason": "other", "note": " "}, "note"),
        ({"last_day": date(2026, 11, 22)}, "last_day"),
    ],
)
def test_what_is_wrong_is_named(cast, values, field):
    given = {"user": cast.guide, "reason": "pay", "last_day": cast.at.date(), "note": ""} | values
    with pytest.raises(Invalid) as wrong:
        actions.open_departure(**given, by=cast.admin, at=cast.at)
    assert [error.field for error in wrong.value.errors] == [field]


def test_somebody_leaves_once_at_a_time_and_may_stay_after_all(cast):
    departure = leaves(cast, cast.guide)
    with pytest.raises(Refused):
        leaves(cast, cast.guide)
    with pytest.raises(Forbidden):
        actions.cancel_departure(departure=departure, reason="不走了", by=cast.director, at=cast.at)
    actions.cancel_departure(departure=departure, reason="不走了", by=cast.admin, at=cast.at)
    with pytest.raises(Refused):
        actions.cancel_departure(departure=departure, reason="不走了", by=cast.admin, at=cast.at)
    assert leaves(cast, cast.guide).pk != departure.pk
    with pytest.raises((Forbidden, OutOfScope)):
        actions.open_departure(
            user=cast.keeper, reason="pay", last_day=cast.at.date(), by=cast.manager, at=cast.at
        )  # fmt: skip


def test_whoever_stays_after_all_keeps_what_nobody_has_accepted(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    departure = leaves(cast, cast.manager)
    actions.ask_to_take_over(
        departure=departure,
        code="customers.manager",
        ids=[customer.pk],
        takers=[cast.manager2],
        reason=WHY,
        by=cast.admin,
        at=cast.at,
    )
    actions.cancel_departure(departure=departure, reason="不走了", by=cast.admin, at=cast.at)
    with pytest.raises(Refused):
        accept(assignment=Assignment.objects.get(), by=cast.manager2, at=cast.at)
    customer.refresh_from_db()
    assert customer.health_manager == cast.manager
