"""Erasing a customer from every table, file and index, in one transaction that either happens or does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Case, CharField, Field, ForeignKey, JSONField, Model, TextField, Value, When

from kefu.customers.choices import Stage
from kefu.customers.erasing import GONE, Erased, Remove, Scrub, erasings, follow
from kefu.customers.indexing import reindex
from kefu.customers.models import Customer, FamilyLink
from kefu.foundation.audit.trail import within_action
from kefu.foundation.exchange.models import ImportedRow, ImportRun
from kefu.foundation.files import storage
from kefu.foundation.files.models import StoredFile

IMPORT = "customers"


@within_action
def erase_from_everywhere(*, customer_ids: Sequence[int], at: datetime) -> int:
    """Erase these customers, who must be held, as every module declared; answers from how many rows.

    Rows are looked up before the first is touched, since paths lead through rows that go. Counts, amounts and days stay, without a name.
    """
    _allow_erasing(True)
    found = [(table, table.ids(customer_ids)) for table in erasings()]
    files = {pk for table, rows in found for pk in _files_of(table, rows)}
    _close(customer_ids, at)
    for table, rows in found:
        _erase(table, rows)
    follow(customer_ids, at)
    _allow_erasing(False)
    connection.check_constraints()
    _forget(files)
    return sum(len(rows) for _table, rows in found)


def _allow_erasing(allowed: bool) -> None:
    """Tables that are otherwise only added to let an erasure pass, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kefu.erasing', %s, true)", ["on" if allowed else "off"])


def _close(customer_ids: Sequence[int], at: datetime) -> None:
    for customer in Customer.objects.filter(pk__in=customer_ids):
        gone = {
            "stage": Stage.CLOSED,
            "name": f"{GONE} #{customer.pk}",
            "closed_at": customer.closed_at or at,
            "closed_reason": GONE,
        }
        Customer.objects.filter(pk=customer.pk).update(
            **gone, archive_number=None, search_text="", restricted_at=None, erased_at=at, version=customer.version + 1
        )


def _erase(table: Erased, rows: Sequence[int]) -> None:
    model: type[Model] = apps.get_model(table.model)
    them: Any = model._base_manager.filter(pk__in=rows)
    if isinstance(table.how, Remove):
        them._raw_delete(DEFAULT_DB_ALIAS)  # references among rows that go are checked together, at the end
    elif isinstance(table.how, Scrub) and (table.how.columns or table.how.values):
        emptied = {name: _empty(model._meta.get_field(name)) for name in table.how.columns}
        them.update(**emptied | dict(table.how.values))


def _empty(column: Any) -> object:
    """What stands in a column when nothing is known; a text that must say something, or said something, reads that it is gone."""
    words = isinstance(column, CharField | TextField) and not column.choices
    if column.null:
        return None
    if words and column.model is not Customer:
        return Case(When(**{column.name: ""}, then=Value("")), default=Value(GONE), output_field=column)
    if isinstance(column, CharField | TextField):
        return ""
    return {} if isinstance(column, JSONField) and not column.has_default() else column.get_default()


def _files_of(table: Erased, rows: Sequence[int]) -> Iterable[int]:
    model: type[Model] = apps.get_model(table.model)
    if isinstance(table.how, Remove):
        for key in model._meta.concrete_fields:
            if _points_at_file(key):
                yield from model._base_manager.filter(pk__in=rows, **{f"{key.name}__isnull": False}).values_list(
                    key.attname, flat=True
                )


def _points_at_file(key: Field[Any, Any]) -> bool:
    return isinstance(key, ForeignKey) and key.related_model is StoredFile


def _forget(files: Iterable[int]) -> None:
    """Destroy bytes that nothing else refers to; equal bytes of somebody else stay."""
    for file in StoredFile.objects.filter(pk__in=set(files)).order_by("pk"):
        if not _referred_to(file):
            storage.forget(file)


def _referred_to(file: StoredFile) -> bool:
    keys = [(one.related_model, one.field.name) for one in StoredFile._meta.related_objects]
    return any(
        model._base_manager.filter(**{name: file}).exists() for model, name in keys if not isinstance(model, str)
    )


@within_action
def reindex_family(customer_ids: Sequence[int], at: datetime) -> None:
    """Whoever is found by the name of an erased member of the family is so no more."""
    near = FamilyLink.objects.filter(relative__in=customer_ids).exclude(customer__in=customer_ids)
    holders = Customer.objects.filter(pk__in=near.values("customer"), erased_at__isnull=True, merged_into__isnull=True)
    for customer in holders.order_by("pk"):
        reindex(customer)


@within_action
def forget_import_files(customer_ids: Sequence[int], at: datetime) -> None:
    """The spreadsheets these customers came with go as a whole; what became of their rows stays."""
    rows = ImportedRow.objects.filter(subject_id__in=customer_ids, run__spec=IMPORT)
    for run in ImportRun.objects.filter(pk__in=rows.values("run")).select_related("file").order_by("pk"):
        before = run.file
        run.file = storage.store(f"{GONE} {run.pk}".encode(), "text/plain")
        run.name = GONE
        run.save(update_fields=["file", "name"])
        run.rows.update(errors=[])
        _forget([before.pk])
