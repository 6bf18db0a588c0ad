"""Values of a sentence as they are kept, and as they are spoken in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from django.conf import settings
from django.db.models import Choices
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Kept = Any
"""What JSON can hold."""


@runtime_checkable
class Named(Protocol):
    """A row with a name in both languages: a test item, a node, a survey."""

    zh: str
    en: str


def keep(value: object) -> Kept:
    """The value as JSON: choices by code, names in both languages, days as days. Raises TypeError for words of a translation."""
    if isinstance(value, Promise):
        raise TypeError("a translation is no value: it would be kept in the writer's language; declare a sentence")
    if isinstance(value, Choices):
        return {"choice": _path_of(type(value)), "value": value.value}
    if isinstance(value, Named):
        return {"names": {"zh-hans": value.zh, "en": value.en or value.zh}}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {"day": value.isoformat()}
    if isinstance(value, list | tuple):
        return [keep(part) for part in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def spoken(kept: Kept) -> str:
    """A kept value in the reader's language."""
    match kept:
        case {"choice": str(path), "value": value}:
            return _label(path, value)
        case {"names": dict(names)}:
            return str(names.get(get_language() or "", names.get(settings.LANGUAGE_CODE, "")))
        case {"day": str(text)}:
            day = parse_date(text)
            return date_format(day, _("n月j日")) if day else text
        case None:
            return ""
    return str(kept)


def _path_of(choices: type) -> str:
    module = choices.__module__
    if not (module.startswith("kefu.") and module.endswith(".choices")):
        raise TypeError(f"{choices.__name__} is no closed list of a module's choices.py")
    return f"{module.removeprefix('kefu.').removesuffix('.choices')}.{choices.__name__}"


def _label(path: str, value: object) -> str:
    """The label of a choice; the bare value where the list has lost it since."""
    module, _dot, name = path.rpartition(".")
    try:
        return str(getattr(import_module(f"kefu.{module}.choices"), name)(value).label)
    except (ImportError, AttributeError, ValueError):
        return str(value)
