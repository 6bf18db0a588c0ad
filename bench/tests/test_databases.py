"""A database is filled once and used again only as long as it is what today's code would fill."""

import pytest
from django.db import connection

from bench import databases

LABEL = "of_a_test"


@pytest.fixture
def server(db):
    connection.ensure_connection()
    info = connection.connection.info
    yield databases.make_conninfo(info.dsn, password=info.password)
    databases.drop(databases.make_conninfo(info.dsn, password=info.password), LABEL)


def test_one_that_was_filled_is_used_again_until_a_migration_changes(server, monkeypatch):
    assert databases.make(server, LABEL)
    databases.mark_filled(server, LABEL)
    assert not databases.make(server, LABEL, reuse=True)
    monkeypatch.setattr(databases, "fingerprint", lambda: "after another migration")
    assert databases.make(server, LABEL, reuse=True)


def test_one_whose_filling_was_cut_short_is_made_anew(server):
    assert databases.make(server, LABEL)
    assert databases.make(server, LABEL, reuse=True)


def test_without_being_told_it_is_always_made_anew(server):
    assert databases.make(server, LABEL)
    databases.mark_filled(server, LABEL)
    assert databases.make(server, LABEL)
