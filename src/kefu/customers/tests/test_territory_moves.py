"""Customers of the city move to their district in bulk (ORG-013)."""

from datetime import date, timedelta

import pytest

from kefu.administration.actions.limits import set_limit
from kefu.customers import actions
from kefu.customers.actions.carrying import move_portion
from kefu.customers.actions.moves import Chosen, discard_move, prepare_move, start_move
from kefu.customers.actions.moving_back import undo_move
from kefu.customers.actions.moving_staff import move_roles, return_roles
from kefu.customers.actions.ownership import offer_customer
from kefu.customers.choices import MoveResult, MoveState
from kefu.customers.models import Customer, MovedCustomer, OwnershipChange, TerritoryMove, TimelineLine
from kefu.customers.queries import CustomerFilter
from kefu.customers.queries.moves import outlook, results
from kefu.customers.tests.factories import archive, lead
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import Grant, Role, User

WHY = "属地化经营"


@pytest.fixture
def head(cast) -> User:
    """The director above both centres."""
    user = User.objects.create(
        username="head", job_number="1003", name="林示和", node=cast.hq, undertaking_signed_on=date(2026, 1, 5)
    )
    role = Role.objects.get(code="centre_director")
    Grant.objects.create(user=user, role=role, node=cast.hq, valid_from=date(2026, 1, 5))
    return user


def prepare(cast, head, **given) -> TerritoryMove:
    wanted = {"source": cast.bj, "target": cast.sh, "on": cast.at.date(), "reason": WHY, "by": head, "at": cast.at}
    return prepare_move(**wanted | given)


def takers(cast) -> dict:
    return {"doctor": cast.sh_doctor, "health_manager": cast.sh_manager}


def carry_out(cast, head, **given) -> TerritoryMove:
    made = prepare(cast, head, **takers(cast) | given)
    start_move(move=made, by=head, at=cast.at)
    run_pending(cast.at)
    return TerritoryMove.objects.get(pk=made.pk)


def undo(cast, head, made) -> TerritoryMove:
    later = cast.at + timedelta(days=1)
    undo_move(move=made, reason="名单弄错了", by=head, at=later)
    run_pending(later)
    return TerritoryMove.objects.get(pk=made.pk)


def owners(customer) -> tuple:
    now = Customer.objects.get(pk=customer.pk)
    return now.node_id, now.doctor_id, now.health_manager_id


def result(made, customer) -> tuple[str, str]:
    row = MovedCustomer.objects.get(move=made, customer=customer)
    return row.result, row.why_words


def refusal(work, **given) -> str:
    with pytest.raises(Refused) as refused:
        work(**given)
    return refused.value.code


@pytest.mark.req("ORG-013", part="bulk move")
def test_customers_move_with_their_owners_and_everybody_hears_of_it(cast, head):
    one, other = archive(cast, "白示夏", "10000000031"), archive(cast, "白示秋", "10000000032")
    waits = lead(cast, "白示冬", "10000000033")
    made = carry_out(cast, head)
    assert (made.state, made.finished_at) == (MoveState.DONE, cast.at)
    assert owners(one) == owners(other) == (cast.sh.pk, cast.sh_doctor.pk, cast.sh_manager.pk)
    assert owners(waits) == (cast.sh.pk, None, None)  # a lead nobody had stays in the pool, now of the district
    assert [result(made, customer) for customer in (one, other, waits)] == [(MoveResult.MOVED, "")] * 3
    change = OwnershipChange.objects.filter(customer=one).first()
    assert (change.node_before, change.node_after, change.reason, change.by) == (cast.bj, cast.sh, WHY, head)
    assert TimelineLine.objects.filter(customer=one).first().item == "划转：北京朝阳中心 → 上海徐汇中心"
    assert AuditEntry.objects.filter(code="customers.owner.changed", customer_id=one.pk, by_id=head.pk).exists()
    assert Notice.objects.get(user=cast.sh_manager).text == "2 位客户划转到您名下（上海徐汇中心）"
    assert Notice.objects.get(user=head).text == "北京朝阳中心 → 上海徐汇中心 划转完成：成 3 位，没成 0 位"
    assert not Customer.objects.visible_to(cast.director).exists()
    assert Customer.objects.visible_to(cast.sh_manager).count() == 3


@pytest.mark.req("ORG-013", part="bulk move")
def test_what_was_moved_comes_back_except_what_somebody_has_changed_since(cast, head):
    back, changed = archive(cast, "白示夏", "10000000031"), archive(cast, "白示秋", "10000000032")
    before = owners(back)
    made = carry_out(cast, head)
    third = User.objects.create(
        username="sh2", job_number="3004", name="宋示文", node=cast.sh, undertaking_signed_on=date(2026, 1, 5)
    )
    role = Role.objects.get(code="health_manager")
    Grant.objects.create(user=third, role=role, node=cast.sh, valid_from=date(2026, 1, 5))
    actions.assign_owner(customer=changed, health_manager=third, reason="换人", by=head, at=cast.at)
    made = undo(cast, head, made)
    assert made.state == MoveState.UNDONE
    assert (owners(back), result(made, back)) == (before, (MoveResult.BACK, ""))
    assert owners(changed) == (cast.sh.pk, cast.sh_doctor.pk, third.pk)
    assert result(made, changed) == (MoveResult.KEPT, "划转以后又变更过归属")
    assert TimelineLine.objects.filter(customer=back).first().item == "撤销划转：回到北京朝阳中心"
    assert refusal(undo_move, move=made, reason="再来", by=head, at=cast.at) == "not_done"


def test_who_cannot_move_stays_and_the_row_says_why(cast, head):
    offered, gone = archive(cast, "白示夏", "10000000031"), archive(cast, "白示秋", "10000000032")
    free = archive(cast, "白示春", "10000000034")
    offer_customer(
        customer=offered, to=cast.manager2, role="health_manager", reason="休假", by=cast.manager, at=cast.at
    )
    made = prepare(cast, head, **takers(cast))
    actions.assign_owner(
        customer=gone,
        node=cast.sh,
        doctor=cast.sh_doctor,
        health_manager=cast.sh_manager,
        reason="搬家",
        by=head,
        at=cast.at,
    )
    before = owners(offered)
    [found] = outlook(made, cast.at).works
    assert (str(found.work.label), found.customers, found.count) == ("等答复的移交", 1, 1)
    start_move(move=made, by=head, at=cast.at)
    run_pending(cast.at)
    assert result(made, offered) == (MoveResult.REFUSED, "等答复的移交：有移交在等同事答复，先答复或撤回")
    assert result(made, gone) == (MoveResult.REFUSED, "已不在北京朝阳中心")
    assert result(made, free) == (MoveResult.MOVED, "")
    assert owners(offered) == before


def test_an_archive_without_anybody_to_take_over_stays(cast, head):
    one, waits = archive(cast, "白示夏", "10000000031"), lead(cast, "白示冬", "10000000033")
    made = prepare(cast, head, health_manager=cast.sh_manager)
    seen = outlook(made, cast.at)
    assert (seen.total, seen.archives, seen.keep_manager, seen.orphans) == (2, 1, 0, 1)
    start_move(move=made, by=head, at=cast.at)
    run_pending(cast.at)
    assert result(made, one) == (MoveResult.REFUSED, "没有可接手的功能医生")
    assert result(made, waits) == (MoveResult.MOVED, "")


def test_who_works_at_both_places_keeps_the_customers(cast, head):
    one = archive(cast, "白示夏", "10000000031")
    role = Role.objects.get(code="health_manager")
    Grant.objects.create(user=cast.manager, role=role, node=cast.sh, valid_from=date(2026, 1, 5))
    made = prepare(cast, head, **takers(cast))
    assert outlook(made, cast.at).keep_manager == 1
    start_move(move=made, by=head, at=cast.at)
    run_pending(cast.at)
    assert owners(one) == (cast.sh.pk, cast.sh_doctor.pk, cast.manager.pk)


@pytest.mark.req("ORG-013", part="bulk move")
def test_colleagues_move_along_by_the_administrators_hand_and_keep_their_customers(cast, head):
    one = archive(cast, "白示夏", "10000000031")
    grants = Grant.objects.filter(node=cast.bj, user__in=(cast.manager, cast.doctor))
    made = prepare(cast, head, staff=list(grants))
    assert Notice.objects.get(user=cast.admin).text == "北京朝阳中心 → 上海徐汇中心 划转：请办理 2 个岗位调动"
    assert outlook(made, cast.at).orphans == 0
    assert refusal(start_move, move=made, by=head, at=cast.at) == "roles_first"
    with pytest.raises(Forbidden):
        move_roles(move=made, by=head, at=cast.at)
    assert move_roles(move=made, by=cast.admin, at=cast.at) == 2
    begun = Grant.objects.get(user=cast.manager, node=cast.sh)
    ended = Grant.objects.get(user=cast.manager, node=cast.bj)
    assert (begun.valid_from, begun.valid_to, ended.valid_to) == (cast.at.date(), None, cast.at.date())
    start_move(move=made, by=head, at=cast.at)
    run_pending(cast.at)
    assert owners(one) == (cast.sh.pk, cast.doctor.pk, cast.manager.pk)
    later, made = cast.at + timedelta(days=1), TerritoryMove.objects.get(pk=made.pk)
    assert refusal(undo_move, move=made, reason="错了", by=head, at=later) == "roles_first"
    assert return_roles(move=made, by=cast.admin, at=later) == 2
    assert not Grant.objects.filter(user=cast.manager, node=cast.sh, valid_to__isnull=True).exists()
    assert Grant.objects.get(user=cast.manager, node=cast.bj, valid_to__isnull=True).valid_from == later.date()
    undo_move(move=made, reason="错了", by=head, at=later)
    run_pending(later)
    assert owners(one) == (cast.bj.pk, cast.doctor.pk, cast.manager.pk)


def test_roles_that_move_on_a_later_day_come_back_as_they_were(cast, head):
    archive(cast, "白示夏", "10000000031")
    day = cast.at.date() + timedelta(days=30)
    made = prepare(cast, head, on=day, staff=list(Grant.objects.filter(user=cast.manager)))
    move_roles(move=made, by=cast.admin, at=cast.at)
    assert Grant.objects.get(user=cast.manager, node=cast.bj).valid_to == day
    assert Grant.objects.get(user=cast.manager, node=cast.sh).valid_from == day
    discard_move(move=made, by=head, at=cast.at)
    return_roles(move=TerritoryMove.objects.get(pk=made.pk), by=cast.admin, at=cast.at)
    [grant] = Grant.objects.filter(user=cast.manager)
    assert (grant.node, grant.valid_from, grant.valid_to) == (cast.bj, date(2026, 1, 5), None)


def along(cast, head, **given) -> TerritoryMove:
    """A move done with the manager and the doctor, whose roles went along."""
    grants = Grant.objects.filter(node=cast.bj, user__in=(cast.manager, cast.doctor))
    made = prepare(cast, head, staff=list(grants), **given)
    move_roles(move=made, by=cast.admin, at=cast.at)
    start_move(move=made, by=head, at=cast.at)
    run_pending(cast.at)
    return TerritoryMove.objects.get(pk=made.pk)


def test_a_colleague_whose_role_is_gone_does_not_hold_up_the_others(cast, head):
    one = archive(cast, "白示夏", "10000000031")
    made, later = along(cast, head), cast.at + timedelta(days=1)
    Grant.objects.filter(user=cast.manager, node=cast.sh).delete()
    assert return_roles(move=made, by=cast.admin, at=later) == 1
    assert {row.user: row.gone for row in made.staff.all()} == {cast.manager: True, cast.doctor: False}
    assert not Grant.objects.filter(user=cast.manager, valid_to__isnull=True).exists()
    undo_move(move=made, reason="错了", by=head, at=later)
    run_pending(later)
    assert result(made, one) == (MoveResult.KEPT, "原来的负责人已不在北京朝阳中心")


def test_a_closed_account_does_not_hold_up_the_others(cast, head):
    archive(cast, "白示夏", "10000000031")
    made, later = along(cast, head), cast.at + timedelta(days=1)
    User.objects.filter(pk=cast.manager.pk).update(is_active=False)
    assert return_roles(move=made, by=cast.admin, at=later) == 1
    assert undo_move(move=made, reason="错了", by=head, at=later).state == MoveState.UNDOING


def test_a_role_that_held_at_both_places_lasts_as_long_as_before(cast, head):
    archive(cast, "白示夏", "10000000031")
    until = cast.at.date() + timedelta(days=90)
    mine = Grant.objects.filter(user=cast.manager)
    Grant.objects.create(user=cast.manager, role=mine.get().role, node=cast.sh, valid_from=date(2026, 1, 5))
    mine.filter(node=cast.bj).update(valid_to=until)
    made, later = along(cast, head), cast.at + timedelta(days=1)
    return_roles(move=made, by=cast.admin, at=later)
    assert mine.get(node=cast.bj, valid_from=later.date()).valid_to == until
    assert mine.get(node=cast.sh).valid_to is None


def test_a_move_of_a_later_day_waits_for_it(cast, head):
    one = archive(cast, "白示夏", "10000000031")
    made = prepare(cast, head, **takers(cast), on=cast.at.date() + timedelta(days=2))
    start_move(move=made, by=head, at=cast.at)
    run_pending(cast.at)
    assert TerritoryMove.objects.get(pk=made.pk).state == MoveState.WAITING
    assert owners(one)[0] == cast.bj.pk
    run_pending(cast.at + timedelta(days=2))
    assert owners(one)[0] == cast.sh.pk


@pytest.mark.req("ORG-013", part="bulk move")
def test_a_killed_move_goes_on_where_it_was(cast, head):
    set_limit(code="customers.move_portion", value=2, valid_from=cast.at.date(), by=cast.admin, at=cast.at)
    for number in range(5):
        archive(cast, f"白示{number}", f"1000000010{number}")
    made = prepare(cast, head, **takers(cast))
    start_move(move=made, by=head, at=cast.at)
    assert move_portion(move=made, by=head, at=cast.at)  # and the worker is killed
    assert results(made) == {MoveResult.MOVED: 2, MoveResult.WAITING: 3}
    run_pending(cast.at)
    assert results(made) == {MoveResult.MOVED: 5}
    assert not move_portion(move=made, by=head, at=cast.at)
    assert OwnershipChange.objects.filter(node_after=cast.sh, reason=WHY).count() == 5
    assert AuditEntry.objects.filter(code="customers.move.portion").count() == 3


def test_customers_are_chosen_by_filter_or_by_a_list_of_archive_numbers(cast, head):
    one, other = archive(cast, "白示夏", "10000000031"), archive(cast, "白示秋", "10000000032")
    waits = lead(cast, "白示冬", "10000000033")
    actions.issue_archive_number(customer=other, by=cast.doctor, at=cast.at)
    other.refresh_from_db()

    def ids(**chosen) -> set[int]:
        made = prepare(cast, head, **takers(cast), chosen_by=Chosen(**chosen))
        return set(made.customers.values_list("customer_id", flat=True))

    assert ids(narrow=CustomerFilter(stage="lead")) == {waits.pk}
    assert ids(narrow=CustomerFilter(health_manager=cast.manager.pk)) == {one.pk, other.pk}
    assert ids(numbers=(other.archive_number,)) == {other.pk}
    for wrong in ({"numbers": ("X-1",)}, {"narrow": CustomerFilter(stage="closed")}):
        with pytest.raises(Invalid):
            ids(**wrong)


def test_only_a_right_at_both_places_moves_customers(cast, head):
    archive(cast, "白示夏", "10000000031")
    made = prepare(cast, head, **takers(cast))
    with pytest.raises(OutOfScope):
        prepare(cast, cast.director, **takers(cast))
    for person, refused in ((cast.admin, Forbidden), (cast.manager, Forbidden), (cast.director, OutOfScope)):
        with pytest.raises(refused):
            start_move(move=made, by=person, at=cast.at)
    assert not TerritoryMove.objects.visible_to(cast.director).exists()
    assert TerritoryMove.objects.visible_to(cast.admin).exists()  # for the roles; customers stay unseen
    assert TerritoryMove.objects.get().state == MoveState.DRAFT


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda cast: {"target": cast.bj}, "target"),
        (lambda cast: {"target": cast.hq}, "target"),
        (lambda cast: {"on": date(2026, 1, 1)}, "on"),
        (lambda cast: {"reason": " "}, "reason"),
        (lambda cast: {"doctor": cast.doctor}, "doctor"),
        (lambda cast: {"staff": list(Grant.objects.filter(user=cast.sh_manager))}, "staff"),
    ],
)
def test_what_makes_no_sense_is_named(cast, head, wrong, field):
    archive(cast, "白示夏", "10000000031")
    with pytest.raises(Invalid) as invalid:
        prepare(cast, head, **takers(cast) | wrong(cast))
    assert [error.field for error in invalid.value.errors] == [field]
    assert not TerritoryMove.objects.exists()
