"""No list that goes on over pages forgets that it may have to leave the house (SEC-001)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "kefu"
PAGERS = {
    "kefu.foundation.ui.http": "Keyset",
    "kefu.foundation.ui.keyset": "Keyset",
    "kefu.foundation.lists.shown": "Shown",
}
WAYS = ("exchange/export_button.html", "lists/table.html", '_export"')
"""What stands in a template from which a list can be taken away."""
STAY = {
    "the work of the machine, nobody's data": {"administration/jobs.html"},
    "the trail is sealed: personal values are opened one by one, each look noted": {"administration/audit.html"},
    "accounts and definitions: the people in them leave with the register and with the list of customers": {
        "administration/users.html", "customers/segments.html", "people/colleagues.html",
    },
    "one customer's own page, which leaves whole as the customer's own data": {
        "customers/consents.html", "customers/readers.html", "customers/referrals_tab.html", "customers/standing.html", "customers/timeline.html",
    },
}  # fmt: skip


def functions(tree: ast.Module) -> dict[str, ast.AST]:
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def pagers(tree: ast.Module) -> set[str]:
    """What a file pages its lists with."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {PAGERS[node.module or ""] for node in imports if node.module in PAGERS}


def names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def called(node: ast.AST) -> set[str]:
    calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return {call.id for call in calls if isinstance(call, ast.Name)}


def templates(node: ast.AST) -> set[str]:
    texts = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant))
    return {text for text in texts if isinstance(text, str) and text.endswith(".html")}


def printing(name: str, known: dict[str, ast.AST]) -> set[str]:
    """The templates that a function prints, or those that the functions calling it print."""
    own = templates(known[name])
    callers = [other for other, node in known.items() if other != name and name in names(node)]
    return own or {found for caller in callers for found in printing(caller, known)}


def paged() -> Iterator[tuple[str, str, set[str]]]:
    """File, function and templates of every list that goes on over pages."""
    for path in sorted(SOURCE.rglob("*.py")):
        where = str(path.relative_to(SOURCE))
        if "/tests/" in where or where.startswith(("foundation/ui/", "foundation/lists/")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known, paging = functions(tree), pagers(tree)
        for name, node in known.items():
            if called(node) & paging:
                found = printing(name, known)
                assert found, f"{where}: say in {name} or in what calls it which template prints the list"
                yield where, name, found


def leaves(template: str) -> bool:
    (path,) = SOURCE.rglob(f"templates/{template}")
    return any(way in path.read_text(encoding="utf-8") for way in WAYS)


def test_every_list_can_be_taken_away_or_says_why_not() -> None:
    staying = {template for group in STAY.values() for template in group}
    seen = list(paged())
    assert len(seen) > 30, "the lists of the house are found"
    stuck = [one for one in seen if not any(map(leaves, one[2])) and not one[2] <= staying]
    assert stuck == [], (
        "declare it in the module's exchange.py (foundation/exchange/README.md), or say above why it stays"
    )
    assert staying <= {template for *_where, found in seen for template in found}, "these lists are gone"
    assert not [template for template in staying if leaves(template)], "these leave"
