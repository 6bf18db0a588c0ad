"""What is under way for customers who move to another place: what follows, what stays, what stands in the way, and all of it back (ORG-013)."""

from datetime import date, time, timedelta

import pytest

from kefu.appointments.actions import add_hours, book
from kefu.appointments.choices import AppointmentType
from kefu.appointments.models import Appointment
from kefu.consultations.actions.drafts import discard
from kefu.consultations.actions.drafts import start as begin
from kefu.customers.actions import assign_owner
from kefu.customers.actions.carrying import move_portion
from kefu.customers.actions.moves import prepare_move, start_move
from kefu.customers.actions.moving_back import undo_move
from kefu.customers.models import Customer, MovedCustomer, TerritoryMove
from kefu.customers.queries.moves import open_work_of
from kefu.followup.actions import take
from kefu.followup.models import FollowUp
from kefu.foundation.jobs.testing import run_pending
from kefu.journey.tests.walking import Walk, start_walk
from kefu.kernel.errors import KefuError, Refused
from kefu.lab.models import Order
from kefu.organisation.models import Grant, Role, User
from kefu.sales.models import Purchase
from kefu.testing.cast import Cast
from kefu.testing.locks import lock_order
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

WHY = "属地化经营"


def head_of(cast: Cast) -> User:
    """The director above both centres."""
    user = User.objects.create(
        username="head", job_number="1003", name="林示和", node=cast.hq, undertaking_signed_on=date(2026, 1, 5)
    )
    role = Role.objects.get(code="centre_director")
    Grant.objects.create(user=user, role=role, node=cast.hq, valid_from=date(2026, 1, 5))
    return user


def prepared(walk: Walk, head: User) -> TerritoryMove:
    cast = walk.cast
    return prepare_move(
        source=cast.bj,
        target=cast.sh,
        on=walk.day,
        reason=WHY,
        doctor=cast.sh_doctor,
        health_manager=cast.sh_manager,
        by=head,
        at=walk.at,
    )


def moved(walk: Walk, head: User) -> TerritoryMove:
    made = prepared(walk, head)
    start_move(move=made, by=head, at=walk.at)
    run_pending(walk.at)
    return TerritoryMove.objects.get(pk=made.pk)


def undone(walk: Walk, head: User, made: TerritoryMove) -> None:
    undo_move(move=made, reason="名单弄错了", by=head, at=walk.at)
    run_pending(walk.at)


def result(customer: Customer) -> tuple[str, str]:
    row = MovedCustomer.objects.get(customer=customer)
    return row.result, row.why_words


def works(walk: Walk) -> dict[str, tuple[str, int]]:
    found = open_work_of([walk.customer.pk], walk.at)[walk.customer.pk]
    return {str(one.work.label): (one.work.fate.value, one.count) for one in found}


@pytest.mark.req("ORG-013", part="bulk move")
def test_an_order_without_a_kit_follows_and_comes_back(cast: Cast) -> None:
    walk, head = start_walk(cast).to("tests_ordered"), head_of(cast)
    assert works(walk) == {"进行中的服务流程": ("follows", 1), "没发盒的检测单": ("follows", 1)}
    made = moved(walk, head)
    assert Order.objects.get().node == cast.sh
    undone(walk, head, made)
    assert Order.objects.get().node == cast.bj
    assert Customer.objects.get(pk=walk.customer.pk).node == cast.bj


def test_what_was_changed_at_the_new_place_stays_as_it_is(cast: Cast) -> None:
    walk, head = start_walk(cast).to("tests_ordered"), head_of(cast)
    made = moved(walk, head)
    Order.objects.update(node=cast.hq)  # somebody has put it elsewhere since
    undone(walk, head, made)
    assert Order.objects.get().node == cast.hq
    assert result(walk.customer) == ("back", "")


def test_what_was_finished_at_the_new_place_stays_there(cast: Cast) -> None:
    walk, head = start_walk(cast).to("product_ordered"), head_of(cast)
    planned = FollowUp.objects.filter(state="open").first()
    assert planned is not None
    take(follow_up=planned, by=cast.manager, at=walk.at)
    order = Order.objects.first()
    assert order is not None
    Order.objects.filter(pk=order.pk).update(kit_issued_at=None)
    made = moved(walk, head)
    Order.objects.filter(pk=order.pk).update(kit_issued_at=walk.at)  # the district hands out the kit,
    Purchase.objects.update(state="dispatched")  # sends the product,
    FollowUp.objects.filter(pk=planned.pk).update(state="done")  # and reaches the customer
    undone(walk, head, made)
    assert result(walk.customer) == ("back", "")
    assert Order.objects.get(pk=order.pk).node == cast.sh
    assert Purchase.objects.get().node == cast.sh
    assert FollowUp.objects.get(pk=planned.pk).taken_by is None


@pytest.mark.req("ORG-013", part="bulk move")
def test_kits_under_way_and_bookings_stay_with_the_old_place(cast: Cast) -> None:
    walk, head = start_walk(cast).to("kit_issued"), head_of(cast)
    add_hours(doctor=cast.doctor, node=cast.bj, room=None, weekday=1, opens=time(9), closes=time(12), slot_minutes=30,
              valid_from=date(2026, 1, 5), by=cast.director, at=walk.at)  # fmt: skip
    start = cast.at.replace(hour=9) + timedelta(days=1)
    book(
        customer=walk.customer,
        doctor=cast.doctor,
        node=cast.bj,
        type=AppointmentType.FIRST_VISIT,
        start=start,
        by=cast.manager,
        at=walk.at,
    )
    assert works(walk) == {
        "进行中的服务流程": ("follows", 1), "没到的预约": ("stays", 1), "已发盒、没解读的检测单": ("stays", 1)
    }  # fmt: skip
    moved(walk, head)
    assert result(walk.customer) == ("moved", "")
    assert Order.objects.get().node == Appointment.objects.get().node == cast.bj
    assert Appointment.objects.visible_to(cast.director).exists()  # the old centre receives the customer


@pytest.mark.req("ORG-013", part="bulk move")
def test_a_begun_interview_stands_in_the_way(cast: Cast) -> None:
    walk, head = start_walk(cast), head_of(cast)
    draft = begin(customer=walk.customer, by=cast.doctor, at=walk.at)
    moved(walk, head)
    assert result(walk.customer) == ("refused", "没保存的问诊：医生先保存、移交或作废")
    assert Customer.objects.get(pk=walk.customer.pk).node == cast.bj
    discard(consultation=draft, reason="约了改天", by=cast.doctor, at=walk.at)
    again = prepared(walk, head)
    start_move(move=again, by=head, at=walk.at)
    run_pending(walk.at)
    assert MovedCustomer.objects.get(move=again).result == "moved"


def test_contacts_go_back_to_those_who_take_them_and_purchases_leave_from_the_new_place(cast: Cast) -> None:
    walk, head = start_walk(cast).to("product_ordered"), head_of(cast)
    planned = FollowUp.objects.filter(state="open").first()
    if planned is not None:
        take(follow_up=planned, by=cast.manager, at=walk.at)
    made = moved(walk, head)
    assert Purchase.objects.get().node == cast.sh
    assert planned is not None
    assert FollowUp.objects.get(pk=planned.pk).taken_by is None
    undone(walk, head, made)
    assert FollowUp.objects.get(pk=planned.pk).taken_by == cast.manager
    assert Purchase.objects.get().node == cast.bj


def test_the_move_then_its_customers_are_locked_and_nothing_else_before(cast: Cast) -> None:
    walk, head = start_walk(cast).to("tests_ordered"), head_of(cast)
    made = prepared(walk, head)
    start_move(move=made, by=head, at=walk.at)
    with lock_order() as tables:
        move_portion(move=made, by=head, at=walk.at)
    assert list(tables)[:2] == ["customers_territorymove", "customers_customer"]


@pytest.mark.django_db(transaction=True)
def test_a_move_and_an_owner_change_at_once_both_end_and_one_is_told(cast: Cast) -> None:
    head = head_of(cast)
    walk = Walk(cast, customer_of(cast), cast.at)
    made = prepared(walk, head)
    start_move(move=made, by=head, at=walk.at)
    works = [
        lambda: move_portion(move=made, by=User.objects.get(pk=head.pk), at=walk.at),
        lambda: move_portion(move=made, by=User.objects.get(pk=head.pk), at=walk.at),
        lambda: assign_owner(
            customer=walk.customer, health_manager=cast.manager2, reason="休假", by=User.objects.get(pk=cast.director.pk), at=walk.at
        ),
    ]  # fmt: skip
    answers = at_once(works)
    assert [one for one in answers if isinstance(one, Exception) and not isinstance(one, KefuError)] == []
    now = Customer.objects.get(pk=walk.customer.pk)
    assert (now.node, result(walk.customer)[0]) == (cast.sh, "moved")
    assert MovedCustomer.objects.count() == 1
    assert not isinstance(answers[0], Refused) and not isinstance(answers[1], Refused)
