"""A bulk move that nobody entitled is behind any more, or whose place has closed (ORG-013)."""

from datetime import date, timedelta

from kefu.administration.actions.limits import set_limit
from kefu.customers.actions.carrying import move_portion
from kefu.customers.actions.moves import discard_move, start_move
from kefu.customers.actions.moving_back import undo_move
from kefu.customers.choices import MoveResult, MoveState
from kefu.customers.models import TerritoryMove
from kefu.customers.queries.moves import results
from kefu.customers.tests.factories import archive
from kefu.customers.tests.test_territory_moves import (  # noqa: F401  a fixture
    carry_out,
    head,
    owners,
    prepare,
    refusal,
    result,
    takers,
    undo,
)
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.notices.models import Notice
from kefu.organisation.models import Grant, Node, Role, User


def second_head(cast) -> User:
    """Another director above both centres."""
    user = User.objects.create(
        username="head2", job_number="1004", name="何示平", node=cast.hq, undertaking_signed_on=date(2026, 1, 5)
    )
    role = Role.objects.get(code="centre_director")
    Grant.objects.create(user=user, role=role, node=cast.hq, valid_from=date(2026, 1, 5))
    return user


def loses_the_right(user) -> None:
    Grant.objects.filter(user=user).update(valid_to=date(2026, 2, 1))


def test_who_loses_the_right_meanwhile_moves_nobody(cast, head):  # noqa: F811
    one = archive(cast, "白示夏", "10000000031")
    made = prepare(cast, head, **takers(cast))
    start_move(move=made, by=head, at=cast.at)
    loses_the_right(head)
    other = second_head(cast)
    run_pending(cast.at)
    made.refresh_from_db()
    assert (owners(one)[0], made.state) == (cast.bj.pk, MoveState.DRAFT)
    words = "北京朝阳中心 → 上海徐汇中心 的划转停下了：确认的同事已没有这项权限，请有权限的同事再确认"
    assert [notice.text for notice in Notice.objects.filter(user=other)] == [words]
    assert not Notice.objects.filter(user__in=(head, cast.director), text=words).exists()
    assert AuditEntry.objects.filter(code="customers.move.stopped", subject_id=made.pk).exists()
    start_move(move=made, by=other, at=cast.at)
    run_pending(cast.at)
    assert owners(one)[0] == cast.sh.pk


def test_a_move_stopped_half_way_goes_on_by_another_hand(cast, head):  # noqa: F811
    set_limit(code="customers.move_portion", value=1, valid_from=cast.at.date(), by=cast.admin, at=cast.at)
    people = [archive(cast, f"白示{number}", f"1000000010{number}") for number in range(2)]
    made, other = prepare(cast, head, **takers(cast)), second_head(cast)
    start_move(move=made, by=head, at=cast.at)
    move_portion(move=made, by=head, at=cast.at)
    loses_the_right(head)
    run_pending(cast.at)
    made.refresh_from_db()
    assert (made.state, results(made)) == (MoveState.STOPPED, {MoveResult.MOVED: 1, MoveResult.WAITING: 1})
    assert refusal(discard_move, move=made, by=other, at=cast.at) == "not_open"
    start_move(move=made, by=other, at=cast.at)
    run_pending(cast.at)
    assert TerritoryMove.objects.get(pk=made.pk).state == MoveState.DONE
    assert {owners(one)[0] for one in people} == {cast.sh.pk}


def test_an_undo_whose_asker_lost_the_right_is_asked_again(cast, head):  # noqa: F811
    one, later = archive(cast, "白示夏", "10000000031"), cast.at + timedelta(days=1)
    made, other = carry_out(cast, head), second_head(cast)
    undo_move(move=made, reason="名单弄错了", by=head, at=later)
    loses_the_right(head)
    run_pending(later)
    made.refresh_from_db()
    assert (made.state, made.undone_by, owners(one)[0]) == (MoveState.DONE, None, cast.sh.pk)
    assert undo(cast, other, made).state == MoveState.UNDONE
    assert owners(one)[0] == cast.bj.pk


def test_nobody_moves_into_a_place_that_has_closed(cast, head):  # noqa: F811
    one, drafted = archive(cast, "白示夏", "10000000031"), prepare(cast, head, **takers(cast))
    made = prepare(cast, head, **takers(cast))
    start_move(move=made, by=head, at=cast.at)
    Node.objects.filter(pk=cast.sh.pk).update(closed_on=cast.at.date())
    assert refusal(start_move, move=drafted, by=head, at=cast.at) == "closed"
    run_pending(cast.at)
    assert result(made, one) == (MoveResult.REFUSED, "上海徐汇中心已停用")
    assert owners(one)[0] == cast.bj.pk


def test_nobody_comes_back_into_a_place_that_has_closed(cast, head):  # noqa: F811
    one, later = archive(cast, "白示夏", "10000000031"), cast.at + timedelta(days=1)
    made = carry_out(cast, head)
    undo_move(move=made, reason="名单弄错了", by=head, at=later)
    Node.objects.filter(pk=cast.bj.pk).update(closed_on=later.date())
    run_pending(later)
    assert result(made, one) == (MoveResult.KEPT, "北京朝阳中心已停用")
    archive(cast, "白示秋", "10000000032")
    Node.objects.filter(pk=cast.bj.pk).update(closed_on=None)
    again = carry_out(cast, head)
    Node.objects.filter(pk=cast.bj.pk).update(closed_on=later.date())
    assert refusal(undo_move, move=again, reason="错了", by=head, at=later) == "closed"
