"""Rows are locked so that others may still write rows that point at them: a customer's timeline grows while the customer is held."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src" / "kefu"


def faults(path: Path) -> Iterator[str]:
    """Where rows are locked against those who only point at them."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modest = {
        id(node.func) for node in nodes if isinstance(node, ast.Call) and any(_is_modest(w) for w in node.keywords)
    }
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update" and id(node) not in modest:
            yield f"{path.name}:{node.end_lineno}: select_for_update() without no_key=True"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "FOR UPDATE" in node.value:
            yield f"{path.name}:{node.lineno}: FOR UPDATE instead of FOR NO KEY UPDATE"


def _is_modest(word: ast.keyword) -> bool:
    return word.arg == "no_key" and isinstance(word.value, ast.Constant) and word.value.value is True


def test_a_lock_holds_up_nobody_who_only_points_at_the_row() -> None:
    sources = [path for path in SOURCES.rglob("*.py") if "tests" not in path.parts]
    assert [fault for path in sorted(sources) for fault in faults(path)] == []


def test_both_ways_of_locking_too_much_are_seen(tmp_path: Path) -> None:
    code = tmp_path / "bad.py"
    code.write_text(
        'rows.select_for_update(of=("self",)).get()\nrows.select_for_update(no_key=True)\nsql = "SELECT 1 FOR UPDATE"\n'
    )
    assert sorted(fault.split(":")[1] for fault in faults(code)) == ["1", "3"]
