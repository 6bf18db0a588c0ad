"""Stamps audit rows with the way in and the request's id, and hands that id to the caller."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from kefu.foundation.audit.context import origin


class AuditContextMiddleware:
    """One request id per request, on its audit rows and in its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = uuid4().hex
        with origin("api" if request.path_info.startswith("/api/") else "page", request_id):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request_id
        return response
