"""Pytest fixtures shared by all modules; loaded by the root conftest."""

from collections.abc import Callable

import pytest
from django.test import Client

from kefu.organisation.models import User
from kefu.testing.cast import AT, Cast, build_cast


@pytest.fixture
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
