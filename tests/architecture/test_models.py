"""Foreign keys look down, migrations are complete, and every key to a customer can be merged."""

from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.db.models import BinaryField, CharField, Field, ForeignKey, JSONField, ManyToManyField, Model, TextField

ROOT = Path(__file__).resolve().parents[2]


def _layers(contract: str) -> list[str]:
    """The rows of the import contract, the ground first: one order, written once."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    rows = parser[f"importlinter:contract:{contract}"]["layers"].split("\n")
    return [row for row in reversed(rows) if row.strip()]


def _floors(contract: str) -> dict[str, int]:
    """Module name to floor, the ground being 0."""
    return {
        name.strip().strip("()"): floor
        for floor, row in enumerate(_layers(contract))
        for name in row.replace("|", ":").split(":")
    }


def _apart(contract: str) -> dict[str, str]:
    """Module name to its row, for those that stand side by side and never touch each other."""
    rows = [row for row in _layers(contract) if "|" in row]
    return {name.strip().strip("()"): row for row in rows for name in row.split("|")}


FLOORS, FOUNDATION = _floors("floors"), _floors("foundation")
APART = _apart("floors") | _apart("foundation")
OURS = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("kefu.")]


def _place(module: str) -> tuple[str, tuple[int, int]]:
    """The package a module belongs to, and how high it stands."""
    parts = module.split(".")
    if parts[1] == "foundation":
        return parts[2], (FLOORS["foundation"], FOUNDATION[parts[2]])
    return parts[1], (FLOORS[parts[1]], 0)


def may_point(source: str, target: str) -> bool:
    """Whether a table of one Python module may hold a key to a table of another: down, or at home."""
    (here, height), (there, depth) = _place(source), _place(target)
    if here == there:
        return True
    return depth <= height and APART.get(here, here) != APART.get(there, there)


def keys(model: type[Model]) -> Iterator[tuple[Field, type[Model]]]:
    """What a table points to: foreign keys, one-to-one keys, and lists kept in a table between."""
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey | ManyToManyField) and field.related_model.__module__.startswith("kefu."):
            yield field, field.related_model


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_look_down(model: type[Model]) -> None:
    for field, target in keys(model):
        assert may_point(model.__module__, target.__module__), f"{model.__name__}.{field.name} -> {target.__name__}"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("kefu.customers.models", "kefu.lab.models"),
        ("kefu.lab.models", "kefu.sales.models"),
        ("kefu.appointments.models", "kefu.consultations.models"),
        ("kefu.organisation.models", "kefu.foundation.files.models"),
        ("kefu.foundation.audit.models", "kefu.foundation.outbox.models"),
        ("kefu.foundation.files.models", "kefu.customers.models"),
    ],
)
def test_a_key_upward_or_sideways_is_refused(source: str, target: str) -> None:
    assert not may_point(source, target)
    assert may_point(target, source) == (_place(source)[1] < _place(target)[1])


def bare_keys() -> list[tuple[type[Model], str]]:
    """Tables of the foundation that know a customer only by number."""
    return [(model, field.name) for model in OURS for field in model._meta.fields if field.name == "customer_id"]


def test_every_key_to_a_customer_says_how_it_merges() -> None:
    from kefu.customers.merging import handlers
    from kefu.customers.models import Customer

    found = {(model._meta.label, field.name) for model in OURS for field, target in keys(model) if target is Customer}
    bare = {(model._meta.label, name) for model, name in bare_keys()}
    assert ("approvals.ApprovalRequest", "customer_id") in bare
    assert found | bare == set(handlers())


def test_every_place_of_something_of_a_customer_says_what_a_move_does_with_it() -> None:
    from kefu.customers.models import Customer
    from kefu.customers.moving import places_declared
    from kefu.organisation.models import Node

    found = set()
    for model in OURS:
        targets = {field.name: target for field, target in keys(model)}
        if Customer in targets.values():
            found |= {(model._meta.label, name) for name, target in targets.items() if target is Node}
    assert ("lab.Order", "node") in found
    assert found == set(places_declared()), "say it in the module's moving.py"


DUTIES = {"taken_by", "held_by", "kept_by", "owned_by"}
"""Names that end like a deed and say who is responsible."""


def is_deed(name: str) -> bool:
    """Whether a key to a person says who once did something, by its name; any other makes somebody responsible."""
    return name not in DUTIES and (name == "by" or name.endswith("_by"))


def test_every_key_that_makes_somebody_responsible_says_what_happens_when_he_leaves() -> None:
    from kefu.organisation.models import User
    from kefu.people.leaving import covered

    found = {(model._meta.label, field.name) for model in OURS for field, target in keys(model) if target is User}
    assert {key for key in found if not is_deed(key[1])} - set(covered()) == set(), "say it in the module's leaving.py"
    assert set(covered()) - found == set(), "no such key any more"
    assert is_deed("checked_by") and not is_deed("taken_by") and not is_deed("doctor")


def test_every_table_that_leads_to_a_customer_is_part_of_what_is_held_about_one() -> None:
    from kefu.customers.models import Customer
    from kefu.customers.subject_data import contributed, left_out

    found: set[type[Model]] = {Customer} | {model for model, _name in bare_keys()}
    tables = 0
    while len(found) > tables:
        tables = len(found)
        found |= {model for model in OURS for _field, target in keys(model) if target in found}
    told = {model for model, _path in contributed()}
    assert {model._meta.label for model in found} == told | set(left_out())
    assert not told & set(left_out())
    direct = {(model._meta.label, field.name) for model in OURS for field, target in keys(model) if target is Customer}
    direct |= {(model._meta.label, name) for model, name in bare_keys()}
    assert {key for key in direct if key[0] not in left_out()} <= set(contributed())


def test_every_table_and_every_word_about_a_customer_says_what_an_erasure_does_with_it() -> None:
    from kefu.customers.erasing import Keep, Remove, Scrub, erasings
    from kefu.customers.merging import handlers
    from kefu.customers.subject_data import contributed, left_out

    declared = {table.model: table.how for table in erasings()}
    about = {model for model, _path in contributed()} | set(left_out()) | {model for model, _field in handlers()}
    assert about - set(declared) == set(), "say it in the module's slots.py"
    unsaid = set()
    for table in erasings():
        assert isinstance(table.how, Remove | Keep | Scrub)
        if isinstance(table.how, Scrub):
            said = {*table.how.columns, *table.how.keep, *table.how.values}
            columns = {field.name: field for field in apps.get_model(table.model)._meta.concrete_fields}
            assert said <= set(columns), table.model
            unsaid |= {
                (table.model, name) for name, field in columns.items() if can_hold_words(field) and name not in said
            }
    assert unsaid == set(), "empty it, or say that it tells nothing of the person"


def can_hold_words(field: "Field[object, object]") -> bool:
    """Whether somebody can write into a column what tells of a person: not where one of a few values is chosen."""
    words = CharField | TextField | JSONField | BinaryField | ArrayField
    return isinstance(field, words) and not field.choices


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
