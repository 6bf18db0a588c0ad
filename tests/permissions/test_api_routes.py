"""Every route of the API says what right it needs, and refuses whoever lacks it before it reads the body."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.test import Client
from django.urls import resolve
from ninja.operation import Operation

from kefu.administration.content import load_roles
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission, describe
from kefu.foundation.api.actions import issue_token
from kefu.foundation.api.rights import rights_of
from kefu.foundation.audit.models import AuditEntry
from kefu.organisation.models import Grant, Role
from kefu.testing.cast import PEOPLE, Cast

TABLE = Path(__file__).parent / "api.yaml"
Program = Callable[[str], Client]


def operations() -> Iterator[tuple[str, Operation]]:
    """Method and path of every operation."""
    api = resolve("/api/v1/openapi.json").func.keywords["api"]
    for _prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield f"{method} {path}", operation


def declared() -> dict[str, list[str]]:
    """Route to the rights it declares, as the code has it."""
    found = {}
    for route, operation in operations():
        rights = rights_of(operation.view_func)
        found[route] = ["UNDECLARED"] if rights is None else sorted(str(right) for right in rights) or ["everyone"]
    return found


def needs(words: list[str]) -> list[Permission]:
    """The rights a route names; none for everybody's."""
    return [permission for permission in describe() if str(permission) in words]


@pytest.fixture
def program(cast: Cast) -> Program:
    """A program with the token of a person of the cast."""

    def with_token(name: str) -> Client:
        token = issue_token(user=getattr(cast, name), name="story", by=cast.admin, at=cast.at)
        return Client(headers={"Authorization": f"Bearer {token}"})

    return with_token


def ask(client: Client, route: str, body: str = "{}") -> tuple[int, str]:
    """Status and code of the answer to a request that names nothing which exists."""
    method, path = route.split(" ", 1)
    url = "/api/v1/" + re.sub(r"\{(?:\w+:)?\w+\}", "none", path).lstrip("/")
    answer = client.generic(method, url, "" if method == "GET" else body, content_type="application/json")
    return answer.status_code, answer.json().get("code", "")


def test_the_table_of_rights_is_what_the_routes_declare() -> None:
    found = declared()
    assert len(found) > 40
    assert [route for route, words in found.items() if words == ["UNDECLARED"]] == []
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    assert found == table, "a route changed its rights: look at it, then write tests/permissions/api.yaml anew"


def test_without_the_right_the_answer_is_403_whatever_is_sent(cast: Cast, program: Program) -> None:
    wrong, tried = {}, 0
    for route, words in declared().items():
        needed = needs(words)
        denied = next(
            (name for name in PEOPLE if needed and not any(access_of(getattr(cast, name)).may(p) for p in needed)), None
        )
        if denied is None:
            continue
        tried += 1
        answers = [ask(program(denied), route, body) for body in ("{}", '{"nonsense": 1}')]
        if answers != [(403, "no_right")] * 2:
            wrong[f"{route} as {denied}"] = answers
    assert wrong == {}
    assert tried > 35
    assert AuditEntry.objects.filter(kind="refused", code="api.no_right").count() == tried * 2


def test_with_the_right_it_is_the_record_that_decides(cast: Cast, program: Program) -> None:
    wrong = {}
    for role in ("finance", "leadership"):  # rights that nobody of the cast has
        load_roles(only=frozenset({role}), by=None, at=cast.at)
        Grant.objects.create(
            user=cast.admin, role=Role.objects.get(code=role), node=cast.hq, valid_from=date(2026, 1, 5)
        )
    for route, words in declared().items():
        needed = needs(words)
        allowed = next(
            name for name in PEOPLE if not needed or any(access_of(getattr(cast, name)).may(p) for p in needed)
        )
        status, _code = ask(program(allowed), route)
        if status in (401, 403) or status >= 500:
            wrong[f"{route} as {allowed}"] = status
    assert wrong == {}


def test_strangers_are_not_answered(cast: Cast) -> None:
    for client in (Client(), Client(headers={"Authorization": "Bearer nobody"})):
        assert {ask(client, route)[0] for route, _operation in operations()} == {401}
