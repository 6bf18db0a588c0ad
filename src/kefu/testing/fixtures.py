"""Pytest fixtures shared by all modules; loaded by the root conftest."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kefu.foundation.api.actions import issue_token
from kefu.organisation.models import User
from kefu.testing.cast import AT, Cast, build_cast
from kefu.testing.scenes import scene


@scene
def cast(db: None) -> Cast:
    """The people of the story, on Monday 23 November 2026, nine o'clock."""
    return build_cast()


@pytest.fixture
def login(settings: object) -> Callable[[User], Client]:
    """A browser with the person logged in; its requests happen at the story's moment."""
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]

    def as_person(user: User) -> Client:
        client = Client(headers={"X-Kefu-At": AT.isoformat()})
        client.force_login(user)
        return client

    return as_person


Send = Callable[..., tuple[int, Any, Any]]


@pytest.fixture
def program(settings: object) -> Callable[[User], Send]:
    """A program that acts as a person: `send("POST", "customers", {...})` answers status, body and the whole answer."""
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]

    def as_person(user: User) -> Send:
        token = issue_token(user=user, name="接口", by=user, at=AT)
        client = Client(headers={"Authorization": f"Bearer {token}", "X-Kefu-At": AT.isoformat()})

        def send(method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, Any]:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            data = json.dumps(body) if body is not None else ""
            answer = client.generic(method, f"/api/v1/{path}", data, content_type="application/json", headers=named)
            return answer.status_code, answer.json(), answer

        return send

    return as_person
