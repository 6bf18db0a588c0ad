"""What `make trace` says is true: marks name what the catalogue has, failed and partial runs prove nothing."""

import ast
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from kefu.testing import tracing

ROOT = Path(__file__).resolve().parents[2]


def _script() -> ModuleType:
    """scripts/trace.py, which is no package."""
    spec = spec_from_file_location("trace_script", ROOT / "scripts" / "trace.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


trace = _script()


def marks() -> Iterator[tuple[str, str, str]]:
    """File, row and part of every mark in the tests."""
    for folder in ("src", "tests", "bench"):
        for path in (ROOT / folder).rglob("test_*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.req":
                    assert len(node.args) == 1, f"{path.name}:{node.lineno}: one row for each mark, its part by name"
                    part = next((word.value.value for word in node.keywords if word.arg == "part"), "")
                    yield str(path.relative_to(ROOT)), node.args[0].value, part


def test_every_mark_names_a_row_and_its_part() -> None:
    ids, parts = trace.catalogue()
    found = list(marks())
    assert len(found) > 150
    assert [mark for mark in found if not trace.is_known(mark[1], mark[2], ids, parts)] == []
    assert set(parts) <= set(ids)


def test_a_row_in_parts_is_proven_by_all_of_them() -> None:
    tests = {("ORG-001", "defaults"): ["a", "b"], ("JRN-001", ""): ["c"]}
    half = trace.row_of("ORG-001", ["defaults", "editable matrix"], tests)
    assert (half["proven"], half["tests"]) == (False, ["a", "b"])
    assert half["parts"] == [{"part": "defaults", "proven": True}, {"part": "editable matrix", "proven": False}]
    assert trace.row_of("ORG-001", ["defaults"], tests)["proven"]
    assert trace.row_of("JRN-001", [], tests)["proven"]
    assert not trace.row_of("JRN-002", [], tests)["proven"]


@pytest.mark.parametrize(
    "narrowed",
    [{"keyword": "x"}, {"deselect": ["x"]}, {"collectonly": True}, {"maxfail": 1}, {"markexpr": "soak"}],
    ids=lambda given: next(iter(given)),
)
def test_only_a_whole_run_is_noted(narrowed: dict[str, object]) -> None:
    usual = {"keyword": "", "deselect": None, "collectonly": False, "maxfail": 0, "markexpr": "not soak"}
    source = pytest.Config.ArgsSource
    assert tracing.is_whole(SimpleNamespace(option=SimpleNamespace(**usual), args_source=source.TESTPATHS))
    assert not tracing.is_whole(SimpleNamespace(option=SimpleNamespace(**usual), args_source=source.ARGS))
    assert not tracing.is_whole(
        SimpleNamespace(option=SimpleNamespace(**usual | narrowed), args_source=source.TESTPATHS)
    )


def test_what_failed_once_is_not_proven_by_what_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_proofs", [])
    monkeypatch.setattr(tracing, "_broken", set())
    monkeypatch.setattr(tracing, "NOTES", tmp_path / "build" / "proofs.json")
    monkeypatch.setattr(tracing, "is_whole", lambda config: True)
    for name, passed in (("JRN-001", True), ("JRN-002", True), ("JRN-002", False)):
        tracing.pytest_runtest_logreport(
            SimpleNamespace(user_properties=[("req", [name, ""])], when="call", passed=passed, failed=not passed, nodeid=name)
        )  # fmt: skip
    tracing.pytest_sessionfinish(SimpleNamespace(config=object()))
    assert tracing.NOTES.read_text() == '[\n {\n  "id": "JRN-001",\n  "part": "",\n  "test": "JRN-001"\n }\n]'
