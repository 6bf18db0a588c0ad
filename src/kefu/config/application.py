"""Django, with the database of this installation, for the length of one command."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connections
from django.db.utils import OperationalError, ProgrammingError
from psycopg import errors

from kefu.config.embedded import Cluster, leased
from kefu.config.errors import MissingPrerequisite
from kefu.config.home import kefu_home, make_home
from kefu.config.registry import Needs


def set_up() -> Cluster | None:
    """Sets Django up; answers the embedded cluster to use, not started yet, unless DATABASE_URL names a server."""
    make_home(kefu_home())
    cluster = None
    if not os.environ.get("DATABASE_URL"):
        cluster = Cluster(kefu_home())
        os.environ["DATABASE_URL"] = cluster.dsn()  # known before the server runs
    django.setup()
    return cluster


@contextmanager
def connected(cluster: Cluster | None, needs: Needs) -> Iterator[None]:
    """Starts the embedded server if nobody else runs it, and stops it afterwards if nobody else uses it."""
    if cluster is None or (needs is Needs.MAYBE_DATABASE and not _exists(cluster)):
        with _database_errors_explained():
            yield
        return
    if needs is Needs.DATABASE and not _exists(cluster):
        raise MissingPrerequisite(f"There is no installation in {kefu_home()} yet: run `kefu migrate` or `kefu serve`.")
    with leased(cluster), _database_errors_explained():
        cluster.ensure_database("kefu")
        yield


def _exists(cluster: Cluster) -> bool:
    return (cluster.data / "PG_VERSION").exists()


@contextmanager
def _database_errors_explained() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise MissingPrerequisite(f"The database does not answer: {error}") from error
    except ProgrammingError as error:
        if isinstance(error.__cause__, errors.UndefinedTable | errors.UndefinedColumn):
            raise MissingPrerequisite("The tables are not up to date: run `kefu migrate`.") from error
        raise
    finally:
        connections.close_all()
