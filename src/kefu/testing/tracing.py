"""Notes which catalogue rows the passed tests prove; `make trace` turns the notes into build/trace.json."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest

NOTES = Path("build") / "proofs.json"
_proofs: list[dict[str, str]] = []


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
    """Keep what passed."""
    if report.when == "call" and report.passed:
        for name, value in report.user_properties:
            if name == "req" and isinstance(value, list | tuple):
                _proofs.append({"id": str(value[0]), "part": str(value[1]), "test": report.nodeid})


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the notes of a run of the whole suite, in the controlling process only: a part of it proves less than was proven before."""
    if hasattr(session.config, "workerinput") or not _whole(session.config):
        return
    NOTES.parent.mkdir(exist_ok=True)
    NOTES.write_text(json.dumps(_proofs, indent=1), encoding="utf-8")


def _whole(config: pytest.Config) -> bool:
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
