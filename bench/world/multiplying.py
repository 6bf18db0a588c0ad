"""Everything the prototypes have, once for each customer of the crowd: each table in two statements.

Which tables those are is read from the models: whatever belongs to a customer, and whatever belongs to that. First every new row
gets its id, so that rows may then refer to each other in any direction; times move by the customer's shift, people and centres are
the customer's own, numbers that must differ end in the new id.
"""

# ruff: noqa: S608  (names of tables and columns come from the models)

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from bench.world.chain import Chain
from kefu.customers.models import ContactPoint, Customer
from kefu.organisation.models import Node, User

Connection = psycopg.Connection[Any]
Models = Sequence[type[models.Model]]
SUBJECTS = {
    "customers.customer": "customers.Customer", "customer": "customers.Customer", "journey": "journey.Journey", "lab.order": "lab.Order",
    "appointments.appointment": "appointments.Appointment", "stock.issue_slip": "stock.IssueSlip", "followup": "followup.FollowUp",
}  # fmt: skip
LIFE = "bench_life"
"""The crowd: customer, prototype, centre, doctor, manager, shift, days, slot."""


@dataclass(frozen=True)
class Table:
    """A table that belongs to customers, and the field by which it does."""

    model: type[models.Model]
    owner: models.Field[Any, Any]

    @property
    def name(self) -> str:
        """The table."""
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of its primary key."""
        assert self.model._meta.pk is not None
        return str(self.model._meta.pk.column)


def multiply(connection: Connection, chain: Chain) -> list[str]:
    """Fill every table that belongs to customers; answers which got rows. Foreign keys are not checked meanwhile."""
    tables = [table for table in belonging() if _number(connection, table)]
    for table in tables:
        expressions, joins = _columns(table, [each.model for each in tables], chain)
        columns = ", ".join(f'"{name}"' for name in expressions)
        connection.execute(
            f'INSERT INTO "{table.name}" ({columns}) SELECT {", ".join(expressions.values())}'
            f' FROM {_map(table.model)} m JOIN {LIFE} c USING (customer_id) JOIN "{table.name}" t ON t."{table.key}" = m.old_id {joins}'
        )
    return [table.name for table in tables]


def belonging() -> list[Table]:
    """Tables with a customer, and tables that refer to those; what is referred to comes first."""
    every = [model for model in apps.get_models(include_auto_created=True) if model not in (Customer, ContactPoint)]
    while True:
        tables = _reached(every)
        copied = {table.model for table in tables}
        single = {model for model in copied if _has_something_single(model, copied)}
        if not single:
            return tables
        every = [model for model in every if model not in single]


def _reached(waiting: list[type[models.Model]]) -> list[Table]:
    found: dict[type[models.Model], Table] = {}
    while next_ones := [Table(model, owner) for model in waiting if (owner := _owner(model, found))]:
        found |= {table.model: table for table in next_ones}
        waiting = [model for model in waiting if model not in found]
    return list(found.values())


def _owner(model: type[models.Model], found: Container[Any]) -> models.Field[Any, Any] | None:
    """The field by which a row belongs to a customer: its customer, else a row that must be there, else one that may."""
    fields = model._meta.concrete_fields
    direct = [field for field in fields if field.attname == "customer_id"]
    others = [field for field in fields if field.related_model in found and field.related_model is not model]
    return next(iter([*direct, *sorted(others, key=lambda field: field.null)]), None)


def _has_something_single(model: type[models.Model], copied: Container[Any]) -> bool:
    """Whether each row has something of its own that is not copied, as a message its envelope in the outbox: then neither is the row."""
    return any(field.one_to_one and field.related_model not in copied for field in model._meta.concrete_fields)


def _number(connection: Connection, table: Table) -> int:
    """Give the new rows of a table their ids, in the order in which the prototypes' were written. Answers how many there are."""
    if table.owner.attname == "customer_id":
        source, belongs = f"{LIFE} c", f't."{table.owner.column}" = c.prototype'
    else:
        source, belongs = f"{_map(table.owner.related_model)} c", f't."{table.owner.column}" = c.old_id'
    own = table.key == table.owner.column
    new = "customer_id" if own else f"nextval(pg_get_serial_sequence('{table.name}', '{table.key}'))"
    made = connection.execute(
        f"CREATE TEMPORARY TABLE {_map(table.model)} AS SELECT customer_id, old_id, {new} AS new_id FROM ("
        f' SELECT c.customer_id, t."{table.key}" AS old_id FROM {source} JOIN "{table.name}" t ON {belongs} ORDER BY 2, 1) s'
    ).rowcount
    connection.execute(f"CREATE INDEX ON {_map(table.model)} (old_id, customer_id)")
    connection.execute(f"ANALYZE {_map(table.model)}")
    return made


def _columns(table: Table, tables: Models, chain: Chain) -> tuple[dict[str, str], str]:
    """For each column what stands in the new row, and the joins this needs."""
    expressions: dict[str, str] = {}
    joins: list[str] = []
    for field in table.model._meta.concrete_fields:
        expressions[str(field.column)] = _expression(field, tables, chain, joins)
    return expressions, " ".join(joins)


def _expression(field: models.Field[Any, Any], tables: Models, chain: Chain, joins: list[str]) -> str:
    column, cast = f't."{field.column}"', chain.cast
    if field.primary_key:
        return "m.new_id"
    if field.attname == "customer_id" or field.related_model is Customer:
        return "c.customer_id"
    if field.related_model in tables:
        return _joined(field.related_model, column, "TRUE", joins)
    if field.related_model is User:
        return f"CASE {column} WHEN {cast.doctor.pk} THEN c.doctor_id WHEN {cast.manager.pk} THEN c.manager_id ELSE {column} END"
    if field.related_model is Node or (field.attname == "node_id" and not field.is_relation):
        return f"CASE {column} WHEN {cast.bj.pk} THEN c.node_id ELSE {column} END"
    if field.attname == "subject_id":
        return _subject(column, tables, joins)
    if field.unique and isinstance(field, models.CharField):
        return f"substring({column} FROM '^[^0-9]*') || m.new_id"
    return _moved(field, column)


def _moved(field: models.Field[Any, Any], column: str) -> str:
    if isinstance(field, models.DateTimeField):
        return f"{column} + c.shift"
    if isinstance(field, models.DateField):
        return f"{column} + c.days"
    if isinstance(field, DateTimeRangeField):
        return (
            f"CASE WHEN {column} IS NOT NULL THEN tstzrange(c.slot, c.slot + (upper({column}) - lower({column}))) END"
        )
    return column


def _subject(column: str, tables: Models, joins: list[str]) -> str:
    cases = []
    for kind, label in SUBJECTS.items():
        subject = apps.get_model(label) if apps.is_installed(f"kefu.{label.split('.')[0].lower()}") else None
        if subject is Customer:
            cases.append(f"WHEN '{kind}' THEN c.customer_id")
        elif subject in tables:
            found = _joined(subject, column, f"t.subject_kind = '{kind}'", joins)
            cases.append(f"WHEN '{kind}' THEN {found}")
    return f"CASE t.subject_kind {' '.join(cases)} ELSE {column} END"


def _joined(model: Any, column: str, when: str, joins: list[str]) -> str:
    alias = f"x{len(joins)}"
    joins.append(
        f"LEFT JOIN {_map(model)} {alias} ON {when} AND {alias}.old_id = {column} AND {alias}.customer_id = m.customer_id"
    )
    return f"{alias}.new_id"


def _map(model: Any) -> str:
    return f"of_{model._meta.db_table}"
