"""Notes which catalogue rows the tests of a whole run prove; `make trace` turns the notes into build/trace.json."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

NOTES = Path("build") / "proofs.json"
USUAL = "not soak"
"""The marks of the usual run, as pyproject.toml has them."""
_proofs: list[dict[str, str]] = []
_broken: set[tuple[str, str]] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Carry the marks to the controlling process with the report."""
    report = yield
    for mark in item.iter_markers("req"):
        report.user_properties.append(("req", [mark.args[0], mark.kwargs.get("part", "")]))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what passed, and what failed: a row with a failed proof is not proven by the others."""
    for name, value in report.user_properties:
        if name != "req" or not isinstance(value, list | tuple):
            continue
        identifier, part = str(value[0]), str(value[1])
        if report.failed:
            _broken.add((identifier, part))
        elif report.when == "call" and report.passed:
            _proofs.append({"id": identifier, "part": part, "test": report.nodeid})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the notes of a whole run, in the controlling process only: a part of the suite says nothing about the rest."""
    if hasattr(session.config, "workerinput") or not is_whole(session.config):
        return
    NOTES.parent.mkdir(exist_ok=True)
    kept = [proof for proof in _proofs if (proof["id"], proof["part"]) not in _broken]
    NOTES.write_text(json.dumps(kept, indent=1), encoding="utf-8")


def is_whole(config: pytest.Config) -> bool:
    """Whether the run takes the whole suite: no path, no `-k`, no test left out, nothing but collected."""
    option = config.option
    narrowed = option.keyword or option.deselect or option.collectonly or option.maxfail
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS and option.markexpr == USUAL
    return everything and not narrowed
