"""When the test databases are migrated anew: after a change of a migration or of what it uses, and only then."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kefu.config.tests.template_database import migration_hash


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    migrations = tmp_path / "kefu" / "lab" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_initial.py").write_text("from kefu.kernel import pinyin\nfrom kefu.lab.choices import State\n")
    (tmp_path / "kefu" / "kernel").mkdir()
    (tmp_path / "kefu" / "kernel" / "pinyin.py").write_text("A = 1\n")
    (tmp_path / "kefu" / "lab" / "choices.py").write_text("State = 1\n")
    (tmp_path / "kefu" / "lab" / "views.py").write_text("")
    (tmp_path / "kefu" / "lab" / "triggers.sql").write_text("select 1")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("lab/migrations/0001_initial.py", True),
        ("lab/choices.py", True),
        ("kernel/pinyin.py", True),
        ("lab/triggers.sql", True),
        ("lab/views.py", False),
    ],
)
def test_a_change_counts_where_a_migration_depends_on_it(sources: Path, path: str, counts: bool) -> None:
    before = migration_hash(sources)
    assert migration_hash(sources) == before
    with (sources / "kefu" / path).open("a") as file:
        file.write("\n# changed\n")
    assert (migration_hash(sources) != before) is counts


@pytest.mark.django_db
def test_the_database_of_a_run_has_every_migration() -> None:
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes())
