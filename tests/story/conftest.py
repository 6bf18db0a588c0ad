"""The windows that the stories of a module share: a person logs in once."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import Browser
from tests.story.telling import Story, Windows

from kefu.organisation.models import User
from kefu.testing.browser import Desk
from kefu.testing.cast import Cast


@pytest.fixture(scope="module")
def windows(browser: Browser, site: str, house: Cast) -> Iterator[Windows]:
    """Every person's window, opened when it is needed first."""

    def sit_down(user: User, moment: datetime) -> Desk:
        return Desk(browser, site, moment).log_in(user)

    opened = Windows(sit_down)
    yield opened
    opened.close()


@pytest.fixture
def story(house: Cast, windows: Windows) -> Iterator[Story]:
    """A story in the house. Its people act for good: what they do is committed, for the web server to see."""
    yield Story(house, windows)
    windows.nobody_complained()
