"""Bases of bodies and answers, and the types of their fields in one place to import from."""

from ninja import Schema
from pydantic import ConfigDict

from kefu.foundation.api.types import (
    Code,
    Count,
    Day,
    Flag,
    Ident,
    Line,
    Moment,
    Money,
    Name,
    Phone,
    Search,
    Switch,
    Text,
)

__all__ = [
    "Code",
    "Count",
    "Day",
    "Flag",
    "Ident",
    "In",
    "Line",
    "Moment",
    "Money",
    "Name",
    "Nothing",
    "Out",
    "Phone",
    "Search",
    "Switch",
    "Text",
]


class In(Schema):
    """What a route takes: unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class Nothing(In):
    """The body `{}` of a route that needs no more than its address."""


class Out(Schema):
    """What a route answers."""
