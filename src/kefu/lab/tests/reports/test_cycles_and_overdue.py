"""Test cycles become repeat-test follow-ups; what is overdue shows on the board and the workbench (LAB-010)."""

from datetime import date

import pytest

from kefu.config.workbench import owed
from kefu.followup.models import FollowUp
from kefu.journey.models import JourneyTemplate
from kefu.journey.queries.board import BoardFilter, board
from kefu.lab.queries.reports import overdue_reports, retests_due
from kefu.lab.testing import sampling


@pytest.mark.req("LAB-010")
def test_the_test_cycle_generates_repeat_test_follow_ups_and_overdue_work_is_shown(story, journeys, person):
    late_sample = sampling(journeys, person("贺秋实", "10000000007"), ("T-GEN",))
    story.order.refresh_from_db()
    due = story.order.promised_due
    late = story.at((due - story.at(0).date()).days + 3)
    assert overdue_reports(journeys.consulting, story.at(1)) == []
    story.arrive(codes=["T-GLU"])
    assert [(row.order, row.due_on, row.days_late) for row in overdue_reports(journeys.consulting, late)] == [
        (story.order, due, 3)
    ]
    late_reports = [item for item in owed(journeys.consulting, late) if item.group == "report"]
    assert [(item.what, item.why, item.customer_name) for item in late_reports] == [
        ("报告已过承诺日期 3 天", story.order.number, "程望舒")
    ]
    samples = [item for item in owed(journeys.manager, late) if "样本该到没到" in item.what]
    assert [(item.why, item.customer_name) for item in samples] == [(late_sample.number, "贺秋实")]
    columns = board(JourneyTemplate.objects.get(active=True), journeys.consulting, late, BoardFilter(overdue=True))
    cards = {
        group.node.code: [card.customer.name for card in group.cards]
        for column in columns
        for group in column.groups
        if group.cards
    }
    assert cards == {"sample_collected": ["贺秋实"], "report_released": ["程望舒"]}
    story.arrive(codes=["T-VIT"], control_id="M2")
    assert overdue_reports(journeys.consulting, late) == []
    assert [(row.item.code, row.months) for row in retests_due(story.order)] == [("T-GLU", 6), ("T-VIT", 6)]
    story.approve()
    repeat = FollowUp.objects.get(customer=story.order.customer, kind="retest")
    assert (repeat.topic, repeat.basis_on) == ("复检：糖代谢与胰岛素评估、维生素营养评估", date(2026, 11, 25))
    assert repeat.due_at.date() == date(2027, 5, 25)
