"""What a route is given."""

from datetime import datetime

from django.http import HttpRequest

from kefu.kernel.errors import KefuError
from kefu.organisation.models import User


class ApiRequest(HttpRequest):
    """A request with a valid token: the person it acts as, and the moment that counts."""

    user: User
    auth: User
    at: datetime
    refusal: KefuError | None


def address_of(request: HttpRequest) -> str:
    """Method and path without the query (which may hold personal data), in characters that can be stored."""
    path = "".join(character if character.isprintable() else "\ufffd" for character in request.path)
    return f"{request.method} {path}"[:500]
