"""What tests on screen share: the browser, the house of the cast with committed data, its web server."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from kefu.organisation.models import User
from kefu.testing.browser import WIDE, Desk, chromium, served
from kefu.testing.cast import Cast
from kefu.testing.emptying import empty_database
from kefu.testing.house import build_house

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright runs an event loop in the thread of the test


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, started once for a module: its event loop would be in the way of other tests."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast in a fully equipped centre, committed, for the tests of one module; they share and add to it."""
    with django_db_blocker.unblock():
        yield build_house()
        empty_database()


@pytest.fixture(scope="module")
def site(house: Cast, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the web server."""
    with served(tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture
def desk(browser: Browser, site: str, house: Cast) -> Iterator[Callable[..., Desk]]:
    """Opens a window for a person, logged in; all are closed at the end, and none may have complained."""
    opened: list[Desk] = []

    def sit_down(user: User, at: datetime | None = None, size: tuple[int, int] = WIDE) -> Desk:
        opened.append(Desk(browser, site, at or house.at, size).log_in(user))
        return opened[-1]

    yield sit_down
    for one in opened:
        one.close()
