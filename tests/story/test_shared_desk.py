"""A desk that several people share locks itself, and the next person takes it over (SEC-001)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from kefu.config.limits import IDLE_MINUTES
from kefu.testing.browser import Desk
from kefu.testing.cast import Cast
from kefu.testing.house import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def left_alone(house: Cast, desk: Callable[..., Desk]) -> Desk:
    """The manager's window, whose clock the test moves."""
    window = desk(house.manager)
    window.page.clock.install()
    window.open("/follow-ups/")
    return window


def wait(page: Page, **time: int) -> None:
    """Let time pass at the desk, with nobody there."""
    page.clock.fast_forward(int(timedelta(**time).total_seconds() * 1000))


def test_a_desk_left_alone_locks_itself_and_a_colleague_takes_it(house: Cast, left_alone: Desk) -> None:
    page, minutes = left_alone.page, IDLE_MINUTES.on(house.at)
    assert minutes == 15
    wait(page, minutes=minutes - 1)
    left_alone.sees("回访", within="h1")
    page.mouse.move(200, 200)  # somebody is here again: the time begins anew
    wait(page, minutes=minutes - 1)
    left_alone.sees("回访", within="h1")
    wait(page, minutes=1, seconds=20)
    page.wait_for_url("**/lock/**")
    left_alone.sees("何示文，已锁屏", within="body")
    left_alone.open("/follow-ups/")
    assert page.url.startswith((f"{left_alone.url}/login/", f"{left_alone.url}/lock/"))  # going back opens nothing
    left_alone.open("/lock/")
    other = page.locator("form[action='/login/']")
    other.locator("[name=name]").fill(house.guide.username)
    other.locator("[name=password]").fill(PASSWORD)
    left_alone.press("换成我")
    page.wait_for_url(f"{left_alone.url}/")
    left_alone.sees(house.guide.name, within="body")


def test_waking_a_machine_that_slept_does_not_open_the_desk(house: Cast, left_alone: Desk) -> None:
    page = left_alone.page
    page.clock.set_system_time(page.evaluate("Date.now()") / 1000 + 3600)  # no timer ran meanwhile
    page.mouse.move(300, 300)
    page.wait_for_url("**/lock/**")
    left_alone.sees("何示文，已锁屏", within="body")
