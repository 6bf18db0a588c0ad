"""Somebody leaves: everything in his or her hands goes to others before the account closes."""

from datetime import date, time, timedelta

import pytest

from kefu.administration.actions.stand_ins import offer_stand_in
from kefu.administration.actions.users import deactivate_user
from kefu.appointments.actions import add_hours, book
from kefu.appointments.choices import AppointmentType
from kefu.consultations.actions.drafts import start
from kefu.customers.actions import create_lead
from kefu.customers.actions.ownership import offer_customer
from kefu.customers.models import Customer, OwnershipChange
from kefu.followup.actions import take
from kefu.followup.models import FollowUp
from kefu.foundation.api.actions import issue_token
from kefu.foundation.api.models import ApiToken
from kefu.foundation.assignments.actions import accept, decline
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.journey.tests.walking import start_walk
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import LoginSession
from kefu.people import actions
from kefu.people.actions.handing_over import Handed
from kefu.people.models import Departure, WorkHandover
from kefu.people.queries.departures import held_ids, leaving_counts
from kefu.people.slots import leaving
from kefu.stock.models import Warehouse
from kefu.testing.stories import customer_of

WHY = "离职移交"


def leaves(cast, user, *, days: int = 7, reason: str = "career") -> Departure:
    return actions.open_departure(
        user=user,
        reason=reason,
        last_day=cast.at.date() + timedelta(days=days),
        note="回老家",
        by=cast.admin,
        at=cast.at,
    )


def held(departure: Departure, at) -> dict[str, list[int]]:
    return held_ids(departure.user, departure.last_day, at)


def given(cast, departure, code, ids, takers, *, by=None) -> Handed:
    return actions.hand_over_at_once(
        departure=departure, code=code, ids=ids, takers=takers, reason=WHY, by=by or cast.director, at=cast.at
    )


def ready(cast, departure) -> None:
    """Every task ticked."""
    for task in departure.tasks.select_related("departure"):
        actions.tick_task(task=task, done=True, by=cast.admin, at=cast.at)


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

    hours = held(departure, cast.at)["appointments.hours"]
    actions.release_held(
        departure=departure, code="appointments.hours", ids=hours, reason=WHY, by=cast.admin, at=cast.at
    )
    assert cast.doctor.clinic_hours.get().valid_to == departure.last_day + timedelta(days=1)
    assert "appointments.hours" not in held(departure, cast.at)


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


@pytest.mark.req("ORG-016")
def test_the_account_closes_on_the_last_day_when_nothing_is_held(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    departure, night = leaves(cast, cast.manager, days=0), cast.at.replace(hour=23, minute=30)
    LoginSession.objects.create(user=cast.manager, key="k", began_at=cast.at, last_seen_at=cast.at)
    issue_token(user=cast.manager, name="手机", by=cast.manager, at=cast.at)

    assert actions.close_due_accounts(by=cast.system, at=night) == 0
    cast.manager.refresh_from_db()
    assert cast.manager.is_active
    for person in (cast.admin, cast.director):
        assert "还有 1 项没有移交" in Notice.objects.get(user=person, code="departure_held").text

    given(cast, departure, "customers.manager", [customer.pk], [cast.manager2])
    assert actions.close_due_accounts(by=cast.system, at=night) == 1
    cast.manager.refresh_from_db()
    departure.refresh_from_db()
    assert not cast.manager.is_active and departure.closed_at == night
    assert LoginSession.objects.get(user=cast.manager).ended_why == SessionEnd.CLOSED
    assert ApiToken.objects.get(user=cast.manager).revoked_at is not None
    assert departure.settled_at is None  # shared passwords are still to be changed
    ready(cast, departure)
    departure.refresh_from_db()
    assert departure.settled_at == cast.at
    assert AuditEntry.objects.get(code="administration.user.deactivated").reason == "个人发展"


def test_nobody_is_closed_before_the_last_day(cast):
    departure = leaves(cast, cast.guide, days=1)
    assert actions.close_due_accounts(by=cast.system, at=cast.at) == 0
    with pytest.raises(Refused, match="还没到最后一天"):
        actions.close_account(departure=departure, by=cast.admin, at=cast.at)


@pytest.mark.req("ORG-016")
def test_a_director_lets_an_account_close_with_a_reason_and_the_rest_stays_to_be_done(cast):
    customer = customer_of(cast, "白示安", "10000000711")
    departure = leaves(cast, cast.manager, days=0)
    with pytest.raises(Refused) as refused:
        actions.close_account(departure=departure, by=cast.admin, at=cast.at)
    assert refused.value.details == {"held": 1}
    with pytest.raises(Forbidden):
        actions.waive_handing_over(departure=departure, reason="急", by=cast.admin, at=cast.at)
    with pytest.raises(Invalid):
        actions.waive_handing_over(departure=departure, reason=" ", by=cast.director, at=cast.at)
    actions.waive_handing_over(departure=departure, reason="本人失联", by=cast.director, at=cast.at)
    actions.close_account(departure=departure, by=cast.admin, at=cast.at)
    ready(cast, departure)
    departure.refresh_from_db()
    assert (departure.waived_reason, departure.settled_at) == ("本人失联", None)
    assert [item.what for item in leaving(cast.director, cast.at)] == ["何示文"]

    given(cast, departure, "customers.manager", [customer.pk], [cast.manager2])
    departure.refresh_from_db()
    assert departure.settled_at == cast.at


def test_an_account_closed_at_once_leaves_its_work_on_the_list(cast):
    customer_of(cast, "白示安", "10000000711")
    deactivate_user(user=cast.guide, reason="重复的账号", by=cast.admin, at=cast.at)
    assert not Departure.objects.exists()
    deactivate_user(user=cast.manager, reason="账号被盗", by=cast.admin, at=cast.at)
    departure = Departure.objects.get()
    assert (departure.user, departure.reason, departure.closed_at, departure.settled_at) == (
        cast.manager,
        "unstated",
        cast.at,
        None,
    )
    actions.change_departure(
        departure=departure, reason="dismissed", last_day=departure.last_day, note="", by=cast.admin, at=cast.at
    )
    with pytest.raises(Invalid):
        actions.change_departure(
            departure=departure,
            reason="dismissed",
            last_day=cast.at.date() + timedelta(days=3),
            note="",
            by=cast.admin,
            at=cast.at,
        )


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


def test_one_account_that_cannot_close_keeps_no_other_open(cast):
    """The last administrator cannot be closed; who leaves the same evening is."""
    leaves(cast, cast.admin, days=0)
    leaves(cast, cast.guide, days=0)
    cast.supervisor.grants.create(role=cast.director.grants.get().role, node=cast.hq, valid_from=date(2026, 1, 5))
    assert actions.close_due_accounts(by=cast.system, at=cast.at) == 1
    cast.guide.refresh_from_db()
    cast.admin.refresh_from_db()
    assert cast.admin.is_active and not cast.guide.is_active
    assert "账号没能自动关闭" in Notice.objects.get(user=cast.supervisor, code="departure_held").text
