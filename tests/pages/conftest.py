"""The demo world behind a web server: the pages as people see them, with a believable year behind them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker
from tests.pages.looking import Window
from tests.pages.scene import set_scene
from tests.pages.visits import House

from kefu.config.demo import load
from kefu.testing.browser import served
from kefu.testing.cast import AT
from kefu.testing.emptying import empty_database


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the web server keeps its files, those of the scene among them."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def people(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The people of the demo world as of the story's Monday, all logged in; committed for the tests of one module."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("KEFU_HOME", str(tmp_path_factory.mktemp("logins")))
        patch.setattr(settings, "TEST_CLOCK", True)
        patch.setattr(settings, "FILES_ROOT", home / "files")
        try:
            load(at=AT)
            set_scene(AT)
            yield House()
        finally:
            empty_database()


@pytest.fixture(scope="module")
def window(browser: Browser, people: House, home: Path) -> Iterator[Window]:
    """One window for all pages of a module."""
    with served(home) as url:
        window = Window(browser, url, AT)
        yield window
        window.desk.close()
