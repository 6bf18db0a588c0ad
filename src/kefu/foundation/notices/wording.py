"""The texts of notices that a module above keeps as templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kefu.foundation.notices.rules import fill

Source = Callable[[str, str], str | None]
"""Takes a code and a language, answers the text with its places, or None."""

_sources: list[Source] = []


def register(source: Source) -> None:
    """Let a module above supply texts by code."""
    if source not in _sources:
        _sources.append(source)


def text_of(code: str, language: str, values: Mapping[str, object]) -> str:
    """The filled text of a code in a language. Raises LookupError without a text, KeyError for a missing value."""
    for source in _sources:
        text = source(code, language)
        if text is not None:
            return fill(text, values)
    raise LookupError(f"no text for the notice {code!r}")
