"""Every verb is a transaction with an audit row; nothing else in `actions` is public."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import FunctionType, ModuleType

import pytest

import kefu


def _action_modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(kefu.__path__, "kefu."):
        if "actions" in info.name.split(".") and "tests" not in info.name.split("."):
            yield importlib.import_module(info.name)


MODULES = list(_action_modules())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_each_public_function_is_an_action_or_runs_within_one(module: ModuleType) -> None:
    for name, function in vars(module).items():
        if name.startswith("_") or not isinstance(function, FunctionType) or function.__module__ != module.__name__:
            continue
        marked = getattr(function, "is_action", False) or getattr(function, "is_within_action", False)
        assert marked, f"{module.__name__}.{name} is neither @action nor @within_action"
        assert inspect.getdoc(function), f"{module.__name__}.{name} has no docstring"


def test_there_are_actions_to_look_at() -> None:
    assert len(MODULES) > 10
