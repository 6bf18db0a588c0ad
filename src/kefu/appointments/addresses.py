"""Addresses of the pages of appointments with what they are asked for."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode


def address(name: str, *args: object, **asked: object) -> str:
    """A page, with what it is asked for."""
    path = reverse(f"appointments:{name}", args=args)
    return f"{path}?{query(**asked)}" if asked else path


def query(**asked: object) -> str:
    """What stands behind the question mark; moments in the house's time."""
    return urlencode({name: _plain(value) for name, value in asked.items()})


def _plain(value: object) -> str:
    return timezone.localtime(value).isoformat() if isinstance(value, datetime) else str(value)
