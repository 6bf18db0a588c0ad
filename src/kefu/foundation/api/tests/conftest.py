"""A program with a token, and what it says."""

import json

import pytest
from django.test import Client

from kefu.foundation.api import actions
from kefu.testing.cast import AT


class Program:
    """A client that speaks JSON with a bearer token at the story's moment."""

    def __init__(self, token):
        self.client = Client()
        self.headers = {"X-Kefu-At": AT.isoformat()} | ({"Authorization": f"Bearer {token}"} if token else {})

    def send(self, method, path, body=None, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        named = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(method, f"/api/v1/{path}", data, "application/json", headers=named)

    def post(self, path, body=None, **headers):
        return self.send("POST", path, body, **headers)

    def get(self, path, **headers):
        return self.client.get(f"/api/v1/{path}", headers=self.headers | headers)


@pytest.fixture
def program(settings):
    """Make a program that acts as a person; without one it has no token."""
    settings.TEST_CLOCK = True

    def go(user=None):
        return Program(actions.issue_token(user=user, name="检验室接口", by=user, at=AT) if user else None)

    return go
