"""Files are read in one sitting, functions without scrolling."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "kefu"
FILE_LINES = 400
FUNCTION_LINES = 40
SCRIPT_LINES = 60
FILES = [
    path
    for folder in (SOURCE, ROOT / "bench", ROOT / "scripts", ROOT / "tests")
    for path in folder.rglob("*.py")
    if "migrations" not in path.parts
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_is_longer_than_its_budget(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES
    if "tests" in path.relative_to(ROOT).parts:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = node.end_lineno - body[0].lineno + 1 if body else 1
            assert length <= FUNCTION_LINES, f"{node.name} has {length} lines"


def test_behaviours_stay_small() -> None:
    scripts = SOURCE.glob("**/static/**/js/*.js")
    assert {
        path.name: len(path.read_text().splitlines())
        for path in scripts
        if len(path.read_text().splitlines()) > SCRIPT_LINES
    } == {}


def test_no_file_is_named_for_leftovers() -> None:
    assert [path for path in FILES if path.stem in {"utils", "helpers", "common", "misc", "manager"}] == []
