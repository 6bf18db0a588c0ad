"""One body for every error: `application/problem+json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from django.http import HttpResponse
from ninja import Schema
from ninja.responses import NinjaJSONEncoder
from pydantic import ConfigDict

MEDIA_TYPE = "application/problem+json"
OURS = frozenset({"type", "title", "status", "code", "errors"})


class ProblemField(Schema):
    """What is wrong with one field."""

    field: str
    code: str
    message: str


class Problem(Schema):
    """Why a request was not done. A refusal by a rule may carry more, such as `alternatives`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    errors: list[ProblemField]


RESPONSES: dict[int, type[Problem]] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
"""Every route may answer these; spread it into `response={200: ..., **RESPONSES}`."""


def problem(
    status: int,
    code: str,
    title: object,
    errors: Iterable[Mapping[str, object]] = (),
    details: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The answer for an error. `details` stand beside the five fields and cannot replace them."""
    extra = {name: value for name, value in (details or {}).items() if name not in OURS}
    listed = [{name: str(error[name]) for name in ("field", "code", "message")} for error in errors]
    body = {"type": "about:blank", "title": str(title), "status": status, "code": code, "errors": listed} | extra
    content = json.dumps(body, cls=NinjaJSONEncoder, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE)
