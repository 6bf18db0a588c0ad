"""Filling a migrated database: the chain and its stories by actions, the crowd by COPY, everything that hangs on it by multiplication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from django.core.management import call_command

from bench.databases import Database
from bench.world.chain import found_chain, known_chain
from bench.world.copying import Connection, columns_of, copy_rows, go_on_after, next_id, values_of
from bench.world.goods import stock_up
from bench.world.multiplying import LIFE, multiply
from bench.world.people import Crowd, Life
from bench.world.stories import live, lived
from kefu.customers.models import ContactPoint, Customer
from kefu.foundation.search.counting import count_all
from kefu.testing.cast import AT

BATCH = 2_000
LIFE_COLUMNS = ["customer_id", "prototype", "node_id", "doctor_id", "manager_id", "shift", "days", "slot"]
_LIFE_TYPES = ("bigint PRIMARY KEY", "bigint", "bigint", "bigint", "bigint", "interval", "integer", "timestamptz")
_GIN = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'customers_customer' AND indexdef LIKE '%% USING gin %%'"
_OVER = "UPDATE appointments_appointment SET status = 'completed' WHERE upper(during) < %s AND status = 'booked'"


def found(database: Database) -> None:
    """Set up the chain and live the stories in an empty database; the database of every size begins as its copy."""
    database.enter()
    call_command("migrate", interactive=False, verbosity=0)
    live(found_chain())


def fill(database: Database) -> None:
    """Fill a copy of the founded database with so many customers. Raises whatever the actions of the stories raise."""
    database.enter()
    chain, stories = known_chain(), lived()
    with psycopg.connect(database.dsn) as connection:
        connection.execute("SET session_replication_role = replica")  # foreign keys hold by construction
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("SET work_mem = '128MB'")
        crowd = Crowd(
            chain, stories, first_id=next_id(connection, Customer), first_contact=next_id(connection, ContactPoint)
        )
        _copy_people(connection, crowd.lives(database.size.customers))
        multiply(connection, chain)
        connection.execute(_OVER, [AT])
        stock_up(connection, chain, database.size.customers)
    count_all()
    _settle(database)


def make_life_table(connection: Connection) -> None:
    """The table from which `multiply` reads whom to make rows for."""
    types = zip(LIFE_COLUMNS, _LIFE_TYPES, strict=True)
    connection.execute(f"CREATE TEMPORARY TABLE {LIFE} ({', '.join(f'{name} {kind}' for name, kind in types)})")


def _copy_people(connection: Connection, lives: Iterable[Life]) -> None:
    make_life_table(connection)
    gins = connection.execute(_GIN).fetchall()
    for name, _definition in gins:
        connection.execute(f"DROP INDEX {name}")
    for batch in _batches(lives):
        copy_rows(connection, "customers_customer", columns_of(Customer), (values_of(life.customer) for life in batch))
        points = (values_of(point) for life in batch for point in life.contacts)
        copy_rows(connection, "customers_contactpoint", columns_of(ContactPoint), points)
        copy_rows(connection, LIFE, LIFE_COLUMNS, (life_row(life) for life in batch))
    for _name, definition in gins:
        connection.execute(definition)
    for table in ("customers_customer", "customers_contactpoint"):
        go_on_after(connection, table)
    connection.execute(f"ANALYZE {LIFE}")


def life_row(life: Life) -> list[Any]:
    """A row of that table."""
    customer = life.customer
    people = [customer.node_id, customer.doctor_id, customer.health_manager_id]
    return [customer.pk, life.story.customer.pk, *people, life.shift, life.shift.days, life.slot]


def _batches(lives: Iterable[Life]) -> Iterator[list[Life]]:
    batch: list[Life] = []
    for life in lives:
        batch.append(life)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _settle(database: Database) -> None:
    """Statistics and visibility as an autovacuum leaves them, and nothing left to write."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
