"""Per request of somebody logged in: the screen is in use."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from kefu.administration.seats import note_use
from kefu.foundation.ui.http import now


class SeatMiddleware:
    """Keeps "last seen" of the list of logins; a page costs nothing for it but once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            note_use(request, now(request))
        return self.get_response(request)
