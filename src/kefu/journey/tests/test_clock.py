"""A step that waits for somebody outside: its clock stands until they have done their part."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kefu.config.workbench import bands, owed
from kefu.journey.models import Journey, NodeTemplate
from kefu.journey.queries.board import journeys_listed
from kefu.journey.slots import step_url
from kefu.journey.tests.walking import Walk, start_walk
from kefu.lab.actions.reviews import withdraw_approval
from kefu.lab.models import Report
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return start_walk(cast)


def test_the_review_falls_due_a_working_day_after_the_report_came_not_after_the_sample(walk: Walk) -> None:
    walk.to("sample_collected")
    assert (walk.journey.node.code, walk.journey.due_at) == ("report_released", None)
    mine = [band for band in bands(owed(walk.cast.consulting, walk.at), walk.at) if band.code == "waiting"]
    assert [(row.kind, row.clock.words) for row in mine[0].rows] == [("电子报告审核", "停表 · 等检验室")]
    walk.at += timedelta(days=7)  # Monday a week later
    walk.results()
    assert f"{timezone.localtime(walk.journey.due_at):%m-%d %H:%M}" == "12-01 17:30"
    assert [entry.kind for entry in walk.journey.entries.order_by("pk")][-1:] == ["marked"]


def test_the_page_of_a_node_shows_who_is_paused_after_all_who_have_a_promise_as_its_export_does(
    walk: Walk, login: Callable[[User], Client]
) -> None:
    walk.to("sample_collected")
    promised = customer_of(walk.cast, "陶映川", "10000000002")
    journey = Journey.objects.get(customer=promised)
    Journey.objects.filter(pk=journey.pk).update(node=walk.journey.node, due_at=walk.at + timedelta(days=1))
    shown = login(walk.cast.director).get("/journeys/nodes/report_released/").content.decode()
    assert "停表 · 等检验室" in shown
    assert shown.index("陶映川") < shown.index(walk.customer.name)
    listed = journeys_listed(walk.cast.director, {"node": "report_released"}, walk.at)
    assert [one.customer for one in listed] == [promised, walk.customer]


def test_a_review_that_is_opened_again_has_its_deadline_at_once(walk: Walk) -> None:
    walk.to("report_released")
    report = Report.objects.select_related("order__customer").get(order=walk.order, kind="item")
    withdraw_approval(report=report, reason="单位有疑问", by=walk.cast.consulting, at=walk.at)
    assert walk.journey.node.code == "report_released"
    assert walk.journey.due_at is not None


def test_every_step_leads_to_the_page_where_it_is_done(walk: Walk) -> None:
    urls = {node.code: step_url(node, 7, 1) for node in NodeTemplate.objects.prefetch_related("gates")}
    assert [code for code, url in urls.items() if not url.startswith("/customers/7/")] == []
    assert (urls["surveyed"], urls["followup"]) == ("/customers/7/tabs/surveys/", "/customers/7/tabs/followups/")
