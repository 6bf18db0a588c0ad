"""Every route says what right it needs, and the table of rights is complete."""

from collections.abc import Iterator
from pathlib import Path

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).parent / "permissions.yaml"


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the project with its whole pattern, except the API's, which has a table of its own."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.app_name != "ninja" and not path.startswith("api/"):
                yield from routes(entry, path)
        else:
            yield path, entry


def declared() -> dict[str, list[str]]:
    """Route to the permissions its view declares, as the code has it."""
    return {path: _words(entry.callback) for path, entry in routes()}


def _words(view: object) -> list[str]:
    permissions = getattr(view, "permissions", None)
    if permissions is None:
        return ["UNDECLARED"]
    if not getattr(view, "login_required", True):
        return ["public"]
    return sorted(str(permission) for permission in permissions) or ["everyone"]


def test_the_table_of_rights_is_what_the_routes_declare() -> None:
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    found = declared()
    assert [path for path, words in found.items() if words == ["UNDECLARED"]] == []
    assert found == table, "a route changed its rights: look at it, then write tests/architecture/permissions.yaml anew"


def test_a_request_has_one_type_for_pages_and_one_for_the_api() -> None:
    found = [
        f"{path.parent.name}/{line.split('(')[0].removeprefix('class ')}"
        for path in (Path(__file__).resolve().parents[2] / "src").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("class ") and "(HttpRequest)" in line
    ]
    assert sorted(found) == ["access/StaffRequest", "api/ApiRequest"]
