"""A number is shown for a purpose, and it stands on the page of who looked; a role that ends takes its holder out of the house."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.story.telling import for_good

from kefu.testing.browser import Desk
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.django_db


@pytest.mark.req("SEC-003", part="reads")
def test_a_number_shown_for_a_purpose_is_read_on_who_looked(house: Cast, desk: Callable[..., Desk]) -> None:
    customer = for_good(lambda: customer_of(house, "白示安", "10000000812"))
    tuesday = house.at + timedelta(days=1)
    manager = desk(house.manager, tuesday)
    manager.open(f"/customers/{customer.pk}/")
    head = manager.page.locator("dl", has_text="电话").first
    expect(head).to_contain_text("100 **** 0812")
    assert "10000000812" not in manager.page.content()

    asks = manager.page.get_by_label("显示电话，要写原因").first
    asks.click()
    manager.page.get_by_label("为什么要看").first.fill("确认明天的预约")
    manager.press("显示")
    expect(head).to_contain_text("100 0000 0812")
    manager.page.get_by_role("button", name="遮住电话").click()
    expect(head).to_contain_text("100 **** 0812")
    expect(head).not_to_contain_text("100 0000 0812")

    director = desk(house.director, tuesday + timedelta(hours=1))
    director.open(f"/customers/{customer.pk}/tabs/readers/")
    line = director.page.locator("#reader-rows tr", has_text="确认明天的预约")
    for words in ("何示文", "2004", "健康管理师", "联系方式"):
        expect(line).to_contain_text(words)
    assert "10000000812" not in director.page.content()


def test_a_role_that_ends_takes_its_holder_out_at_the_next_step(house: Cast, desk: Callable[..., Desk]) -> None:
    customer = for_good(lambda: customer_of(house, "白示宁", "10000000813"))
    tuesday = house.at + timedelta(days=1)
    manager, admin = desk(house.manager, tuesday), desk(house.admin, tuesday)
    manager.open(f"/customers/{customer.pk}/edit/")
    manager.fill("地址", "朝阳路 8 号")

    admin.open(f"/users/{house.manager.pk}/")
    admin.press("收回")
    admin.hears("角色到期日已改。")

    manager.press("保存")
    expect(manager.page).to_have_url(f"{manager.url}/login/?next=/customers/{customer.pk}/edit/")
    manager.sees("您的角色或权限刚有变动，请重新登录；没保存的内容没有写入。")
    customer.refresh_from_db()
    assert customer.address != "朝阳路 8 号"
