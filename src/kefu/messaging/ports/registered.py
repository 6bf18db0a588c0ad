"""Templates as a provider has registered them: its code for each of ours, and what it calls the places.

A file of YAML or JSON, by our template code:

    appt_confirmed:
      id: SMS_154950909
      parameters: {name: name, moon: month}     # the provider's name: our place
    otp:
      id: '1400001'
      parameters: [code, minutes]               # by position
    appt_cancelled:
      id: SMS_154950910                         # all our places, by their own names
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError
from kefu.messaging.shipped import Words, words


@dataclass(frozen=True)
class Registered:
    """One template at the provider: its code there, and (name there, place here) in order."""

    id: str
    parameters: tuple[tuple[str, str], ...]

    def filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The provider's parameters for one message."""
        return {name: str(values.get(place, "")) for name, place in self.parameters}


class RegisteredTemplates:
    """All templates of one provider, by our codes."""

    def __init__(self, templates: Mapping[str, Registered]) -> None:
        self._templates = dict(templates)

    def of(self, payload: Mapping[str, Any]) -> Registered:
        """The provider's template for a message. Raises NotReadyError where none is registered."""
        code = str(payload.get("template", ""))
        found = self._templates.get(code)
        if found is None:
            raise NotReadyError(Unready.TEMPLATE, code)
        return found


def read(path: str, setting: str, *, more_places: frozenset[str] = frozenset()) -> RegisteredTemplates:
    """Read the file; `more_places` are places besides those of the template. Raises ValueError naming setting, template and fault."""
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{setting}: {path} is not readable: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{setting}: {path} must map template codes to the provider's")
    shipped = words()
    found = {}
    for code, entry in content.items():
        if code not in shipped:
            raise ValueError(f"{setting}: there is no template {code!r}")
        found[code] = _registered(f"{setting}: {code}", entry, shipped[code], more_places)
    return RegisteredTemplates(found)


def _registered(where: str, entry: Any, template: Words, more_places: frozenset[str]) -> Registered:
    if not isinstance(entry, dict) or not str(entry.get("id") or "").strip() or entry.keys() - {"id", "parameters"}:
        raise ValueError(f"{where}: must have an id, may have parameters, nothing else")
    parameters = _parameters(where, entry.get("parameters", list(template.variables)))
    unknown = [place for _name, place in parameters if place not in {*template.variables, *more_places}]
    if unknown:
        raise ValueError(f"{where}: the template has no {', '.join(unknown)}")
    return Registered(str(entry["id"]).strip(), parameters)


def _parameters(where: str, given: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(given, dict):
        return tuple((str(name), str(place)) for name, place in given.items())
    if isinstance(given, list):
        return tuple((str(place), str(place)) for place in given)
    raise ValueError(f"{where}: parameters must be a list of places or map the provider's names to places")
