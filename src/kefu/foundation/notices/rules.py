"""Filling `{name}` places of a text."""

import re
from collections.abc import Mapping

PLACE = re.compile(r"\{(\w+)\}")


def places(text: str) -> list[str]:
    """The names of the places of a text, each once, in order."""
    return list(dict.fromkeys(PLACE.findall(text)))


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with its places filled. Raises KeyError naming the first value that is missing or empty."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        filled = str(values.get(name, "") if values.get(name) is not None else "").strip()
        if not filled:
            raise KeyError(name)
        return filled

    return PLACE.sub(value, text)
