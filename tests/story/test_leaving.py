"""A health manager leaves: what she cares for goes to colleagues, step by step, and the account closes (ORG-016)."""

import pytest
from playwright.sync_api import expect
from tests.story.telling import Story, for_good, on

from kefu.people.models import Departure
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.django_db


@pytest.mark.req("ORG-016")
def test_a_manager_leaves_and_her_customers_stay_cared_for(story: Story) -> None:
    cast, monday = story.cast, on(11, 23, 9)
    customer = for_good(lambda: customer_of(cast, "白示安", "10000000811"))

    personnel = story.at(cast.admin, monday)
    personnel.open("/departures/new/")
    personnel.page.get_by_label("哪位同事").select_option(label="何示文 2004")
    personnel.page.get_by_label("离职原因").select_option("pay")
    personnel.page.get_by_label("最后一天").fill("2026-11-23")
    personnel.page.get_by_role("button", name="开始办理").click()
    personnel.sees("何示文离职")
    personnel.sees("交完才关闭")
    departure = for_good(lambda: Departure.objects.get(user=cast.manager).pk)

    # The director sees whose customers they are, and asks nobody for the one that is urgent.
    director = story.at(cast.director, monday)
    director.open(f"/departures/{departure}/")
    director.sees("白示安")
    group = director.page.locator("form", has=director.page.locator("input[value='customers.manager']"))
    group.get_by_label("何示清 2005").check()
    group.get_by_role("button", name="直接移交").click()
    director.sees("已移交 1 项。")
    director.sees("手上没有要移交的事了。")

    # Personnel comes back later: the page is where they left it.
    personnel.open("/departures/")
    personnel.page.get_by_role("link", name="何示文").click()
    for _task in range(4):
        personnel.page.get_by_role("button", name="办好了").first.click()
        personnel.sees("已记下。")
    expect(personnel.page.get_by_role("button", name="办好了")).to_have_count(0)
    personnel.page.get_by_role("button", name="现在关闭账号").click()
    personnel.sees("已办完")
    personnel.open("/departures/statistics/")
    personnel.sees("薪资待遇")

    colleague = story.at(cast.manager2, monday)
    colleague.open(f"/customers/{customer.pk}/")
    colleague.sees("白示安")
    cast.manager.refresh_from_db()
    assert not cast.manager.is_active
