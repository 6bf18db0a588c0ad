"""A database for every test run: an embedded server shared by the runs of a checkout, a test database for each run.

TEST_DATABASE_URL names another server to use instead.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as examples
from psycopg.conninfo import conninfo_to_dict
from pytest_django import fixtures
from pytest_django.plugin import DjangoDbBlocker

from kefu.config.embedded import guarded
from kefu.config.tests.template_database import drop_abandoned_databases, ensure_template
from kefu.testing.emptying import empty_database

ROOT = Path(__file__).resolve().parent
pytest_plugins = ["kefu.testing.scenes", "kefu.testing.fixtures", "kefu.testing.tracing"]
TEST_HOME = ROOT / "build" / "test"

# A busy machine proves nothing about the code: no test fails for being slow.
examples.register_profile("kefu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("kefu")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Starts the server in the controlling process; xdist workers inherit its address."""
    if not hasattr(config, "workerinput"):
        if config.option.help or config.option.version or config.option.collectonly:
            return
        servers = ExitStack()
        config.add_cleanup(servers.close)
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or servers.enter_context(guarded(TEST_HOME))
        os.environ["KEFU_TEST_RUN"] = str(os.getpid())
        drop_abandoned_databases(os.environ["DATABASE_URL"])
    _point_settings_at(os.environ["DATABASE_URL"], run=os.environ["KEFU_TEST_RUN"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories, pages and laws first: they are long, and at the end two workers share out short files best."""
    items.sort(key=lambda item: not item.path.is_relative_to(ROOT / "tests"))


def _point_settings_at(url: str, *, run: str) -> None:
    # pytest-django has read the settings before any conftest; no connection is open yet, so a change still counts.
    parts = conninfo_to_dict(url)
    database = settings.DATABASES["default"]
    for key, name in (("HOST", "host"), ("PORT", "port"), ("USER", "user"), ("PASSWORD", "password")):
        database[key] = str(parts.get(name, ""))
    # A name of its own for each run: two runs at once must not drop each other's tables.
    database.setdefault("TEST", {})["NAME"] = f"test_kefu_{run}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Test databases are copied from a migrated template, not migrated each time."""
    with django_db_blocker.unblock():
        template = ensure_template(ROOT / "src", TEST_HOME / "template.lock")
    connection.settings_dict["TEST"]["TEMPLATE"] = template


fixtures._get_databases_for_setup = lambda _items: ({DEFAULT_DB_ALIAS}, set())
"""Tests of what is committed carry no mark, and pytest-django would make no database where they run alone."""

TransactionTestCase._fixture_teardown = lambda _case: empty_database()
"""What a test commits is deleted after it, instead of Django's flush."""


@pytest.fixture(scope="session", autouse=True)
def _files_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Uploaded and printed files of the tests never reach the installation's own."""
    kept, settings.FILES_ROOT = settings.FILES_ROOT, tmp_path_factory.mktemp("files")
    yield
    settings.FILES_ROOT = kept
