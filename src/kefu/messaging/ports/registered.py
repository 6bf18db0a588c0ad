"""Templates as a provider has registered them: its code for each of ours in each language, and what it calls the places.

What colleagues registered on the page of a template counts first (`kept`), else a file of YAML or JSON, by our template code:

    appt_confirmed:
      id: SMS_154950909
      parameters: {name: name, moon: month}     # the provider's name: our place
      en: {id: SMS_154950911}                   # the English words; without it no English message leaves by this provider
    otp:
      id: '1400001'
      parameters: [code, minutes]               # by position
    appt_cancelled:
      id: SMS_154950910                         # all our places, by their own names
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kefu.foundation.outbox.choices import Unready
from kefu.foundation.outbox.transports import NotReadyError
from kefu.messaging.choices import Language
from kefu.messaging.shipped import Words, words


@dataclass(frozen=True)
class Registered:
    """One template at the provider: its code there, and (name there, place here) in order."""

    id: str
    parameters: tuple[tuple[str, str], ...]

    def filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The provider's parameters for one message."""
        return {name: str(values.get(place, "")) for name, place in self.parameters}


Kept = Callable[[str, int, str], Registered | None]
"""What is registered for a version of a template in a language."""


def _nothing_kept(_code: str, _version: int, _language: str) -> Registered | None:
    return None


class RegisteredTemplates:
    """All templates of one provider: those `kept` by colleagues for a version, else those of the file by code (`english`: the English ones)."""

    def __init__(
        self, templates: Mapping[str, Registered], english: Mapping[str, Registered] | None = None, *, provider: str = "", kept: Kept = _nothing_kept
    ) -> None:  # fmt: skip
        self.provider = provider
        self._filed = {Language.CHINESE.value: dict(templates), Language.ENGLISH.value: dict(english or {})}
        self._kept = kept

    def find(self, code: str, version: int, language: str) -> Registered | None:
        """The provider's template for a version of ours in a language, if it is registered."""
        return self._kept(code, version, language) or self._filed[language].get(code)

    def of(self, payload: Mapping[str, Any]) -> Registered:
        """The provider's template for a message. Raises NotReadyError where none is registered."""
        code, language = str(payload.get("template", "")), payload.get("language", Language.CHINESE.value)
        found = self.find(code, payload.get("version", 0), language)
        if found is None:
            raise NotReadyError(Unready.TEMPLATE, code if language == Language.CHINESE else f"{code} {language}")
        return found


def read(
    path: str, setting: str, *, provider: str = "", more_places: frozenset[str] = frozenset(), kept: Kept = _nothing_kept
) -> RegisteredTemplates:  # fmt: skip
    """Read the file, if one is set; `more_places` are places besides those of the template. Raises ValueError naming setting, template and fault."""
    content = _content(path, setting) if path else {}
    shipped = words()
    chinese, english = {}, {}
    for code, entry in content.items():
        if code not in shipped:
            raise ValueError(f"{setting}: there is no template {code!r}")
        rest = dict(entry) if isinstance(entry, dict) else entry
        in_english = rest.pop("en", None) if isinstance(rest, dict) else None
        chinese[code] = _registered(f"{setting}: {code}", rest, shipped[code], more_places)
        if in_english is not None:
            english[code] = _registered(f"{setting}: {code}: en", in_english, shipped[code], more_places)
    return RegisteredTemplates(chinese, english, provider=provider, kept=kept)


def _content(path: str, setting: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{setting}: {path} is not readable: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{setting}: {path} must map template codes to the provider's")
    return content


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
