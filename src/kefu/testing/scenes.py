"""Scenes: rows that tests in a row begin with, made once for all of them.

`@scene` marks a fixture that only writes rows, from other scenes and nothing else. The first test that asks for it
builds it in a transaction that stays open; each test works inside a savepoint of that transaction, which is rolled
back after it, and receives a copy of what the fixture returned. Tests that commit, or ask for no scene, find the
database empty, as ever.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import wraps
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import blocking_manager_key

Build = Callable[..., Any]


@dataclass(frozen=True)
class Wanted:
    """A scene, with the scenes it is made from by the names of its arguments; `db` is none."""

    build: Build
    needs: dict[str, Build | None]


@dataclass
class Level:
    """A scene that stands, on top of those below it."""

    wanted: Wanted
    savepoint: transaction.Atomic
    made: dict[Build, Any]
    """What this scene and those below it returned, as it was when this one was complete."""


class Stage:
    """The scenes that stand in this process, and what the running test was given of them."""

    def __init__(self) -> None:
        self.levels: list[Level] = []
        self.given: dict[Build, Any] = {}

    def prepare(self, wanted: list[Wanted]) -> None:
        """Keep what stands of the wanted scenes, build the rest; then copy all for one test."""
        kept = 0
        while kept < min(len(self.levels), len(wanted)) and self.levels[kept].wanted == wanted[kept]:
            kept += 1
        self.clear(kept)
        for each in wanted[kept:]:
            self._build(each)
        self.given = self._copied()

    def clear(self, kept: int = 0) -> None:
        """Take down all scenes but the first `kept`."""
        self.given = {}
        while len(self.levels) > kept:
            transaction.set_rollback(True)
            self.levels.pop().savepoint.__exit__(None, None, None)

    def _copied(self) -> dict[Build, Any]:
        return copy.deepcopy(self.levels[-1].made) if self.levels else {}

    def _build(self, wanted: Wanted) -> None:
        level = Level(wanted, transaction.atomic(), self._copied())
        level.savepoint.__enter__()
        self.levels.append(level)
        try:
            arguments = {name: build and level.made[build] for name, build in wanted.needs.items()}
            level.made[wanted.build] = wanted.build(**arguments)
            connection.check_constraints()
        except BaseException:
            self.clear(len(self.levels) - 1)
            raise


STAGE = Stage()


def scene(build: Build) -> Any:
    """A fixture that writes rows from other scenes only, and may so be built once for many tests."""

    @wraps(build)
    def found(**arguments: Any) -> Any:
        return STAGE.given[build] if build in STAGE.given else build(**arguments)

    found.__dict__["scene"] = build
    return pytest.fixture(found)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """The scenes are set just before the test's own savepoint begins."""
    if fixturedef.argname == "_django_db_helper" and (wanted := _wanted(request.node)):
        with request.config.stash[blocking_manager_key].unblock():
            STAGE.prepare(wanted)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Who comes next may need an empty database."""
    done = yield
    if STAGE.levels and not (nextitem and _wanted(nextitem)):
        with item.config.stash[blocking_manager_key].unblock():
            STAGE.clear()
    return done


def _wanted(item: pytest.Item) -> list[Wanted]:
    """The scenes of a test in the order in which they are built; none for a test that commits."""
    mark = item.get_closest_marker("django_db")
    if not isinstance(item, pytest.Function) or (mark and mark.kwargs.get("transaction")):
        return []
    if "transactional_db" in item.fixturenames:
        return []
    known = item._fixtureinfo.name2fixturedefs
    found: dict[Build, Wanted] = {}

    def add(name: str, override: int) -> Build | None:
        definitions = known.get(name, ())
        definition = definitions[override] if len(definitions) >= -override else None
        build: Build | None = getattr(definition.func, "scene", None) if definition else None
        if build is None or build in found:
            return build
        needs: dict[str, Build | None] = {}
        for argument in inspect.signature(build).parameters:
            needed = add(argument, override - 1 if argument == name else -1)
            if needed is None and argument != "db":
                raise pytest.UsageError(f"the scene {name} is made from {argument}, which is none")
            needs[argument] = needed
        found[build] = Wanted(build, needs)
        return build

    for name in item.fixturenames:
        add(name, -1)
    return list(found.values())
