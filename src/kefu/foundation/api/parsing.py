"""Reading bodies: JSON in UTF-8, numbers that are numbers."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser


class JsonParser(Parser):
    """Refuses what Python's reader lets through: NaN, infinities, nesting without end."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body's value. Raises ValueError, which becomes 400."""
        try:
            content: dict[str, Any] = json.loads(request.body.decode(), parse_constant=_no_constant)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return content


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
