"""Looking something up by key in a template."""

from __future__ import annotations

from typing import Protocol

from django import template

register = template.Library()


class Lookup(Protocol):
    """Anything indexed by key."""

    def __getitem__(self, key: object) -> object: ...


@register.filter
def at(found: Lookup, key: object) -> object:
    """The entry of that key, or nothing."""
    try:
        return found[key]
    except KeyError:
        return ""
