"""The page that asks what a list is taken away for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange import lists
from kefu.foundation.exchange.lists import Listed
from kefu.foundation.exchange.permissions import ExchangePermission
from kefu.foundation.exchange.taking_away import export_list
from kefu.foundation.exchange.views.finding import at_of, person, sayings
from kefu.kernel.errors import Invalid, KefuError, Refused


@require_http_methods(["GET", "POST"])
@needs(ExchangePermission.LIST_EXPORT)
def export(request: HttpRequest, list_code: str) -> HttpResponse:
    """The list with the filters of the address, once its purpose is said (SEC-001, SEC-003)."""
    listed = lists.find(list_code)
    if request.method != "POST":
        return _asked(request, listed)
    try:
        file = export_list(
            listed=listed,
            asked=request.GET,
            reason=request.POST.get("reason", ""),
            form="xlsx" if request.POST.get("form") == "xlsx" else "csv",
            by=person(request),
            at=at_of(request),
        )
    except (Invalid, Refused) as error:
        return _asked(request, listed, error)
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = str(content_disposition_header(True, file.name))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(request: HttpRequest, listed: Listed, error: KefuError | None = None) -> HttpResponse:
    context = {
        "listed": listed,
        "titles": [title for title, _value in listed.shown(person(request), request.GET, at_of(request))],
        "back": listed.home(request.GET),
        "said": sayings(error) if error else [],
        "reason": request.POST.get("reason", ""),
        "form": request.POST.get("form", "csv"),
    }
    return render(request, "exchange/export.html", context, status=error.status if error else 200)
