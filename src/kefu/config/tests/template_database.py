"""Migrates once per state of the migrations: test databases are copies of a template named by a hash of them."""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection
from psycopg import sql

PREFIX = "kefu_template_"
KEPT_TEMPLATES = 4
OWN_IMPORT = re.compile(r"^\s*(?:from|import) (kefu(?:\.\w+)+)(?: import (.+))?", re.MULTILINE)


def ensure_template(sources: Path, lock_file: Path) -> str:
    """The name of a database migrated to the present state of `sources`; made now if there is none."""
    name = f"{PREFIX}{migration_hash(sources)}"
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _server() as server:
            if not server.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                _drop_old_templates(server)
                _build(server, name)
    return name


def drop_abandoned_databases(url: str) -> None:
    """Removes the databases of test runs that were killed."""
    with psycopg.connect(url, autocommit=True) as server:
        for (name,) in server.execute("select datname from pg_database where datname ~ '^test_kefu_[0-9]+'").fetchall():
            if not _alive(int(name.split("_")[2])):
                server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def migration_hash(sources: Path) -> str:
    """Changes when a migration, a module it imports, a data file, or the models of an app without migrations change."""
    files = set(sources.glob("kefu/**/migrations/*.py"))
    for migration in sorted(files):
        files |= set(_imported(migration, sources))
    for suffix in ("sql", "yaml", "csv"):
        files |= set(sources.glob(f"kefu/**/*.{suffix}"))
    for app in apps.get_app_configs():
        if not (Path(app.path) / "migrations").is_dir():
            files |= set(Path(app.path).glob("models*/**/*.py")) | set(Path(app.path).glob("models.py"))
    digest = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda each: each.name):
        digest.update(app.name.encode())
    for path in sorted(files):
        digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _imported(migration: Path, sources: Path) -> Iterator[Path]:
    for module, names in OWN_IMPORT.findall(migration.read_text()):
        base = sources / module.replace(".", "/")
        members = [base / name.strip(" ()").split(" ")[0] for name in names.split(",") if name.strip(" ()")]
        for path in (base, *members):
            yield from (each for each in (path.with_suffix(".py"), path / "__init__.py") if each.exists())


def _build(server: psycopg.Connection[Any], name: str) -> None:
    settings = connection.settings_dict
    kept_name, kept_test = settings["NAME"], dict(settings["TEST"])
    building = f"{name}_building"
    settings["TEST"] |= {"NAME": building, "TEMPLATE": None}
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        settings["NAME"] = kept_name
        settings["TEST"].update(kept_test)
    # Renamed when complete: a half-migrated one never serves as a template.
    server.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(building), sql.Identifier(name)))


def _drop_old_templates(server: psycopg.Connection[Any]) -> None:
    rows = server.execute("select datname from pg_database where starts_with(datname, %s) order by oid desc", [PREFIX])
    for (name,) in rows.fetchall()[KEPT_TEMPLATES - 1 :]:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def _server() -> Iterator[psycopg.Connection[Any]]:
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    known = {key: parameters[key] for key in ("dbname", "host", "port", "user", "password") if parameters.get(key)}
    with psycopg.connect(**known, autocommit=True) as server:
        yield server


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
