"""A request climbs the ladder, one level at a time, until somebody has the last word (ORG-014)."""

from datetime import date, timedelta

import pytest

from kefu.administration.actions.stand_ins import offer_stand_in
from kefu.administration.content import load_ladders, load_roles
from kefu.foundation.approvals import actions, queries
from kefu.foundation.approvals.choices import RequestState
from kefu.foundation.approvals.models import ApprovalRequest, Decision
from kefu.foundation.approvals.registry import ApprovalKind, register
from kefu.foundation.approvals.rules import first_above
from kefu.foundation.approvals.slots import to_decide
from kefu.foundation.assignments.actions import accept
from kefu.foundation.assignments.models import Assignment
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.foundation.sentences.saying import sentence
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import Grant, Role, User
from kefu.testing.races import at_once

SWAP = sentence("tests.approvals.swap", "换设备")
PEOPLE = {
    "rep": ("4001", "白示一", "service_representative"),
    "leader": ("4002", "白示二", "shift_leader"),
    "leader2": ("4003", "白示三", "shift_leader"),
    "department": ("4004", "白示四", "service_department_director"),
    "centre": ("4005", "白示五", "service_centre_director"),
}
done: list[tuple[int, str]] = []


def people_of(cast) -> dict[str, User]:
    """A service centre at head office, from the representative to its director."""
    load_roles(only=frozenset(role for *_rest, role in PEOPLE.values()), by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)
    found = {}
    for key, (number, name, role) in PEOPLE.items():
        user = User.objects.create(
            username=key, job_number=number, name=name, node=cast.hq, undertaking_signed_on=date(2026, 1, 5)
        )
        Grant.objects.create(user=user, role=Role.objects.get(code=role), node=cast.hq, valid_from=date(2026, 1, 5))
        found[key] = user
    done.clear()
    register(
        ApprovalKind("tests.swap", SWAP, on_decided=lambda request, by, at: done.append((request.pk, request.state)))
    )
    return found


@pytest.fixture
def house(cast) -> dict[str, User]:
    return people_of(cast)


def ask(cast, by, **given) -> ApprovalRequest:
    return actions.ask(**{"kind": "tests.swap", "text": "耳机坏了", "by": by, "at": cast.at} | given)


def waiting(house) -> set[str]:
    """For whom a request waits."""
    return {key for key, user in house.items() if queries.waiting_for(User.objects.get(pk=user.pk)).exists()}


def refusal(work, **given) -> str:
    with pytest.raises(Refused) as refused:
        work(**given)
    return refused.value.code


@pytest.mark.parametrize(
    ("roles", "level"),
    [({"a"}, 1), ({"b"}, 2), ({"a", "b"}, 2), ({"c"}, None), ({"x"}, None), (set(), None), ({"a", "c"}, None)],
)
def test_who_asks_starts_one_above_the_highest_role_held(roles, level):
    assert first_above([["a"], ["b", "b2"], ["c"]], roles) == level


@pytest.mark.req("ORG-014")
def test_from_the_representative_to_the_director_of_the_centre_one_level_at_a_time(cast, house):
    one = ask(cast, house["rep"], levels_above=3)
    assert waiting(house) == {"leader", "leader2"}
    one = actions.approve(request=one, comment="属实", by=house["leader"], at=cast.at + timedelta(hours=1))
    assert (one.state, waiting(house)) == (RequestState.OPEN, {"department"})
    one = actions.approve(request=one, by=house["department"], at=cast.at + timedelta(hours=2))
    assert waiting(house) == {"centre"} and done == []
    one = actions.approve(request=one, comment="照办", by=house["centre"], at=cast.at + timedelta(hours=3))
    assert (one.state, waiting(house), done) == (RequestState.APPROVED, set(), [(one.pk, "approved")])
    said = list(Decision.objects.values_list("position", "verdict", "by__name", "comment"))
    assert said == [(1, "approved", "白示二", "属实"), (2, "approved", "白示四", ""), (3, "approved", "白示五", "照办")]
    told = Notice.objects.filter(user=house["rep"]).order_by("pk").values_list("text", flat=True)
    assert list(told) == ["换设备：白示二已呈上级", "换设备：白示四已呈上级", "换设备：白示五批准了"]
    codes = AuditEntry.objects.filter(code__startswith="approvals.").order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["approvals.asked", *["approvals.approved"] * 3]


@pytest.mark.req("ORG-014")
def test_the_level_above_decides_declines_or_passes_up(cast, house):
    granted, declined, up = (ask(cast, house["rep"]) for _number in range(3))
    assert actions.approve(request=granted, by=house["leader"], at=cast.at).state == RequestState.APPROVED
    with pytest.raises(Invalid):
        actions.decline(request=declined, comment=" ", by=house["leader"], at=cast.at)
    assert actions.decline(request=declined, comment="下月再说", by=house["leader2"], at=cast.at).state == "declined"
    with pytest.raises(Invalid):
        actions.pass_up(request=up, comment="", by=house["leader"], at=cast.at)
    passed = actions.pass_up(request=up, comment="超出我的权限", by=house["leader"], at=cast.at)
    assert (passed.state, passed.position, waiting(house)) == (RequestState.OPEN, 2, {"department"})
    assert actions.approve(request=passed, by=house["department"], at=cast.at).state == RequestState.APPROVED
    assert [state for _pk, state in done] == ["approved", "declined", "approved"]


@pytest.mark.req("ORG-014")
def test_nobody_skips_a_level_decides_his_own_or_decides_twice(cast, house):
    one = ask(cast, house["rep"])
    for who in ("department", "centre"):
        with pytest.raises(OutOfScope):
            actions.approve(request=one, by=house[who], at=cast.at)
    assert refusal(actions.approve, request=one, by=house["rep"], at=cast.at) == "not_your_turn"
    with pytest.raises(OutOfScope):
        actions.approve(request=one, by=cast.manager, at=cast.at)
    Grant.objects.create(
        user=house["leader"],
        role=Role.objects.get(code="service_department_director"),
        node=cast.hq,
        valid_from=date(2026, 1, 5),
    )
    leader = User.objects.get(pk=house["leader"].pk)
    passed = actions.pass_up(request=one, comment="超出权限", by=leader, at=cast.at)
    assert refusal(actions.approve, request=passed, by=leader, at=cast.at) == "not_your_turn"
    assert Decision.objects.count() == 1


def test_a_leaders_own_request_begins_above_the_leader_and_the_top_has_nobody(cast, house):
    ask(cast, house["leader"])
    assert waiting(house) == {"department"}
    assert refusal(ask, cast=cast, by=house["centre"]) == "no_ladder"
    assert refusal(ask, cast=cast, by=cast.admin) == "no_ladder"
    assert ApprovalRequest.objects.count() == 1


def test_a_level_without_anybody_is_noted_and_left_out(cast, house):
    Grant.objects.filter(role__code="service_department_director").delete()
    one = actions.pass_up(request=ask(cast, house["rep"]), comment="超出权限", by=house["leader"], at=cast.at)
    assert (one.position, waiting(house)) == (3, {"centre"})
    assert list(one.decisions.values_list("position", "verdict", "by")) == [
        (1, "passed_up", house["leader"].pk), (2, "vacant", None)
    ]  # fmt: skip
    assert refusal(actions.pass_up, request=one, comment="再往上", by=house["centre"], at=cast.at) == "nobody_above"
    assert ApprovalRequest.objects.get(pk=one.pk).position == 3


@pytest.mark.req("ORG-014")
def test_a_stand_in_decides_for_the_absent_and_the_history_says_so(cast, house):
    Grant.objects.filter(user=house["leader2"]).delete()
    other = User.objects.create(
        username="stand", job_number="4009", name="白示九", node=cast.hq, undertaking_signed_on=date(2026, 1, 5)
    )
    now = cast.at
    offer_stand_in(
        absent=house["leader"], substitute=other, starts_at=now - timedelta(days=300), ends_at=now + timedelta(days=900), reason="休假",
        by=house["leader"], at=now - timedelta(days=301),
    )  # fmt: skip
    accept(assignment=Assignment.objects.get(), by=other, at=cast.at)
    one, other = ask(cast, house["rep"]), User.objects.get(pk=other.pk)
    assert queries.waiting_for(other).get() == one
    assert Notice.objects.filter(user=other, code="approvals.to_decide").exists()
    actions.approve(request=one, by=other, at=cast.at)
    said = Decision.objects.get()
    assert (said.by, said.for_whom) == (other, house["leader"])


def test_one_takes_back_only_what_is_ones_own_and_open(cast, house):
    one = ask(cast, house["rep"])
    with pytest.raises(OutOfScope):
        actions.withdraw(request=one, by=house["leader"], at=cast.at)
    assert actions.withdraw(request=one, by=house["rep"], at=cast.at).state == RequestState.WITHDRAWN
    assert waiting(house) == set()
    assert refusal(actions.withdraw, request=one, by=house["rep"], at=cast.at) == "ended"
    assert refusal(actions.approve, request=one, by=house["leader"], at=cast.at) == "decided_meanwhile"


def test_the_request_waits_on_the_workbench_without_its_words(cast, house):
    ask(cast, house["rep"], text="客户的化验单")
    (item,) = to_decide(house["leader"], cast.at)
    assert (str(item.label), item.what, item.why, item.group) == ("换设备", "换设备", "白示一", "handover")
    assert "化验单" not in Notice.objects.get(user=house["leader"]).text
    assert list(to_decide(house["department"], cast.at)) == []


@pytest.mark.parametrize("text", ["", " ", "长" * 2001])
def test_what_makes_no_sense_is_refused(cast, house, text):
    with pytest.raises(Invalid):
        ask(cast, house["rep"], text=text)
    assert not ApprovalRequest.objects.exists()


@pytest.mark.req("ORG-014")
@pytest.mark.django_db(transaction=True)
def test_two_decide_at_once_and_one_of_them_has_decided(cast):
    house = people_of(cast)
    one = ask(cast, house["rep"])
    works = [
        lambda key=key: (
            actions.approve(
                request=ApprovalRequest.objects.get(pk=one.pk), by=User.objects.get(pk=house[key].pk), at=cast.at
            )
            if key == "leader"
            else actions.decline(request=one, comment="不行", by=User.objects.get(pk=house[key].pk), at=cast.at)
        )
        for key in ("leader", "leader2")
    ]
    answers = at_once(works)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [answer.code for answer in refused] == ["decided_meanwhile"]
    assert Decision.objects.count() == 1
    assert len(done) == 1
