"""Making the API of the modules' routers, which `config` mounts at `/api/v1/`."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router

from kefu.foundation.access.decorators import public
from kefu.foundation.api.bearer import Bearer
from kefu.foundation.api.contract import KefuApi
from kefu.foundation.api.parsing import JsonParser
from kefu.foundation.api.refusals import not_found, refuse_with_problems
from kefu.foundation.api.serving import by_the_rules

VERSION = "1"


def make_api(routers: Iterable[Router] = ()) -> NinjaAPI:
    """An API with the project's rules. Routers write their full paths (`customers/{id}`), so all are mounted at the root."""
    bearer = Bearer()
    api = KefuApi(
        title="Kefu",
        version=VERSION,
        auth=bearer,
        parser=JsonParser(),
        docs_url=None,
        urls_namespace="api",
        description="Customer care for health-management centres. Times carry an offset, amounts are yuan as text.",
    )
    refuse_with_problems(api)
    api.add_decorator(by_the_rules(api, bearer), mode="view")
    for router in routers:
        api.add_router("", router)
    return api


@csrf_exempt
@public
def unknown_address(_request: HttpRequest) -> HttpResponse:
    """No such route."""
    return not_found()
