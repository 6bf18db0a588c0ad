"""Off the path: the timeline says why, the page offers what the person may do, the stand-in hears of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kefu.customers.models import TimelineLine
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.notices.models import Notice
from kefu.journey.actions import lifecycle, steps
from kefu.journey.models import NodeTemplate
from kefu.journey.tests.walking import Walk, start_walk
from kefu.kernel.errors import Forbidden, Refused
from kefu.lab.actions.reviews import return_report
from kefu.organisation.models import StandIn, User
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene

Login = Callable[[User], Client]


@scene
def walk(cast: Cast) -> Walk:
    return start_walk(cast)


def node(code: str) -> NodeTemplate:
    return NodeTemplate.objects.get(code=code)


def test_the_timeline_says_why(walk: Walk) -> None:
    walk.to("interpretation")
    manager, director = walk.cast.manager, walk.cast.director
    steps.skip_step(journey=walk.journey, reason="先不买", by=manager, at=walk.at)
    steps.correct_step(journey=walk.journey, to=node("product_ordered"), reason="又想买了", by=director, at=walk.at)
    lifecycle.withdraw(journey=walk.journey, reason="搬走了", by=manager, at=walk.at)
    lifecycle.reopen(journey=walk.journey, reason="又回来了", by=manager, at=walk.at)
    lifecycle.close(journey=walk.journey, reason="都办完了", by=manager, at=walk.at)
    number = walk.journey.number
    told = TimelineLine.objects.filter(customer=walk.customer, kind="journey").order_by("pk")
    assert [(line.item, line.lines) for line in told] == [
        (f"跳过“产品购买” {number}", ["先不买"]),
        (f"改回“产品购买” {number}", ["又想买了"]),
        (f"客户退出流程 {number}", ["搬走了"]),
        (f"恢复流程 {number}", ["又回来了"]),
        (f"流程结束 {number}", ["都办完了"]),
    ]


def test_an_ended_journey_is_reopened_before_it_is_corrected(walk: Walk) -> None:
    walk.to("interpretation")
    lifecycle.withdraw(journey=walk.journey, reason="搬走了", by=walk.cast.manager, at=walk.at)
    back = {"to": node("kit_issued"), "reason": "发错了", "by": walk.cast.director, "at": walk.at}
    with pytest.raises(Refused, match="已经结束"):
        steps.correct_step(journey=walk.journey, **back)
    assert (walk.journey.state, walk.journey.node, walk.journey.status_code) == ("withdrawn", None, "closed")
    lifecycle.reopen(journey=walk.journey, reason="又回来了", by=walk.cast.director, at=walk.at)
    steps.correct_step(journey=walk.journey, **back)
    assert walk.journey.node == node("kit_issued")


@action
def pass_from_above(*, walk: Walk, by: User, at: datetime) -> None:
    record("story.step", by=by, at=at)
    steps.pass_step(customer_id=walk.customer.pk, code="surveyed", subject=Subject("story", 1), by=by, at=at)


@pytest.mark.req("JRN-018")
def test_a_module_above_passes_a_step_only_for_the_nodes_role(walk: Walk) -> None:
    walk.to("product_dispatched")
    for outsider in (walk.cast.keeper, walk.cast.sh_manager):
        with pytest.raises(Forbidden):
            pass_from_above(walk=walk, by=outsider, at=walk.at)
    assert walk.journey.node == node("surveyed")
    pass_from_above(walk=walk, by=walk.cast.service, at=walk.at)
    assert walk.journey.node != node("surveyed")


def test_the_page_offers_what_the_person_may_do(walk: Walk, login: Login) -> None:
    walk.to("interpretation")
    steering = {"客户退出", "结束流程", "开始新的流程"}
    offered = {
        walk.cast.director: steering | {"改回前面的步骤", "跳过这一步"},
        walk.cast.manager: steering | {"改回前面的步骤", "跳过这一步"},
        walk.cast.consulting: {"改回前面的步骤"},
        walk.cast.service: set(),
    }
    for person, verbs in offered.items():
        page = login(person).get(f"/journeys/{walk.journey.pk}/").content.decode()
        assert {verb for verb in steering | {"改回前面的步骤", "跳过这一步"} if verb in page} == verbs, person.name


def test_only_ones_own_steps_can_be_taken_back(walk: Walk, login: Login) -> None:
    walk.to("sample_collected")
    page = login(walk.cast.consulting).get(f"/journeys/{walk.journey.pk}/")
    assert [one.code for one in page.context["correction"].fields["node"].queryset] == ["sample_collected"]


def test_who_stands_in_is_told_too(walk: Walk) -> None:
    cast, now = walk.cast, timezone.now()
    StandIn.objects.create(
        absent=cast.manager, substitute=cast.manager2, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=1),
        reason="外出", accepted_at=now,
    )  # fmt: skip
    walk.to("tests_ordered")
    told = Notice.objects.filter(code="journey.turn", text__contains="检测盒发放与采样")
    assert {notice.user for notice in told} == {cast.manager, cast.manager2}


def test_who_opens_reports_reads_on_the_timeline_what_is_said_of_them(walk: Walk, login: Login) -> None:
    walk.to("sample_collected")
    walk.results()
    report = walk.order.reports.get()
    return_report(report=report, reason="单位不对", by=walk.cast.consulting, at=walk.at)
    page = f"/customers/{walk.customer.pk}/"
    shown = {
        person: "单位不对" in login(person).get(page).content.decode()
        for person in (walk.cast.consulting, walk.cast.doctor, walk.cast.service)
    }
    assert shown == {walk.cast.consulting: True, walk.cast.doctor: True, walk.cast.service: False}
