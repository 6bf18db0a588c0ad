"""Foreign keys look down, migrations are complete, and every key to a customer can be merged."""

from configparser import ConfigParser
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey

ROOT = Path(__file__).resolve().parents[2]


def _floors(contract: str) -> dict[str, int]:
    """Module name to floor, the ground being 0, read from the import contracts: one order, written once."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter")
    rows = [row for row in parser[f"importlinter:contract:{contract}"]["layers"].split("\n") if row.strip()]
    return {
        name.strip().strip("()"): floor
        for floor, row in enumerate(reversed(rows))
        for name in row.replace("|", ":").split(":")
    }


FLOORS, FOUNDATION = _floors("floors"), _floors("foundation")
OURS = [model for model in apps.get_models() if model.__module__.startswith("kefu.")]


def _floor(model: type) -> tuple[int, int]:
    parts = model.__module__.split(".")
    return FLOORS[parts[1]], FOUNDATION[parts[2]] if parts[1] == "foundation" else 0


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_look_down(model: type) -> None:
    for field in model._meta.get_fields():  # type: ignore[attr-defined]
        target = field.related_model if isinstance(field, ForeignKey) else None
        if target is not None and target.__module__.startswith("kefu."):
            assert _floor(target) <= _floor(model), f"{model.__name__}.{field.name} points up to {target.__name__}"


def test_every_key_to_a_customer_says_how_it_merges() -> None:
    from kefu.customers.merging import handlers
    from kefu.customers.models import Customer

    keys = {
        (model._meta.label, field.name)
        for model in OURS
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.related_model is Customer
    }
    assert keys == set(handlers())


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
