"""The OpenAPI document: what ninja writes, corrected where the project answers differently."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from kefu.foundation.api.once import HEADER
from kefu.foundation.api.responses import MEDIA_TYPE

KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "Same key and body: the stored answer again. Same key, other body: 409.",
}
WRITES = frozenset({"post", "put", "patch", "delete"})


class KefuApi(NinjaAPI):
    """An API whose document names the media type of problems and the idempotency key."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The document served at /openapi.json."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for operations in document["paths"].values():
            for method, operation in operations.items():
                _correct(method, operation)
        return document


def _correct(method: str, operation: dict[str, Any]) -> None:
    if method in WRITES and KEY not in operation["parameters"]:
        operation["parameters"].append(KEY)
    for status, answer in operation["responses"].items():
        content = answer.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
