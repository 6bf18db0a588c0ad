"""Around every route: the caller's language and right, one transaction for a write, the audit row of a refusal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db import DataError, IntegrityError, OperationalError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.operation import Operation

from kefu.foundation.access.rules import Permission
from kefu.foundation.api.bearer import Bearer
from kefu.foundation.api.once import answer_once
from kefu.foundation.api.requests import ApiRequest, address_of
from kefu.foundation.api.responses import problem
from kefu.foundation.api.rights import require_right, rights_of
from kefu.foundation.api.wording import described
from kefu.foundation.audit.trail import record_refusal
from kefu.kernel.errors import Invalid, KefuError
from kefu.organisation.models import User

Run = Callable[..., HttpResponseBase]
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def by_the_rules(api: NinjaAPI, bearer: Bearer) -> Callable[[Run], Run]:
    """The decorator that `make_api` puts around each operation's run."""

    def decorate(run: Run) -> Run:
        parameters, permissions = _query_parameters(run), rights_of(_operation(run).view_func) or ()

        @wraps(run)
        def handle(request: HttpRequest, **path: Any) -> HttpResponseBase:
            user = cast(User | None, bearer(request))
            if user is None:
                return run(request, **path)  # answers 401, or serves a route that is open to all
            with translation.override(user.language):
                response = (
                    _refuse_stranger(api, request, user, permissions)
                    or _refuse_unknown(request, parameters)
                    or _serve(api, cast(ApiRequest, request), lambda: run(request, **path))
                )
            _audit_refusal(cast(ApiRequest, request))
            return response

        return handle

    return decorate


def _operation(run: Run) -> Operation:
    """Whose run it is: a bound method, which the type does not say."""
    return cast(Operation, getattr(run, "__self__"))  # noqa: B009


def _query_parameters(run: Run) -> frozenset[str]:
    """What the query of an operation may hold; ninja itself passes over the rest in silence."""
    models = [cast(Any, model) for model in _operation(run).models]
    queries = [model for model in models if model.__ninja_param_source__ == "query"]
    return frozenset(name for model in queries for name in model.__ninja_flatten_map__)


def _refuse_stranger(
    api: NinjaAPI, request: HttpRequest, user: User, permissions: tuple[Permission, ...]
) -> HttpResponseBase | None:
    try:
        require_right(user, permissions)
    except KefuError as error:
        return api.on_exception(request, error)
    return None


def _refuse_unknown(request: HttpRequest, parameters: frozenset[str]) -> HttpResponseBase | None:
    unknown = [name for name in request.GET if name not in parameters]
    wrong = [described({"type": "extra_forbidden", "loc": ("query", name)}) for name in unknown]
    return problem(422, "invalid", _("有内容需要改正。"), wrong) if wrong else None


def _serve(api: NinjaAPI, request: ApiRequest, produce: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    if request.method in READS:
        return produce()
    try:
        with transaction.atomic():
            response = answer_once(request, produce)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response
    except (KefuError, IntegrityError, DataError, OperationalError) as error:  # the key's own, or raised by the commit
        return api.on_exception(request, error)


def _audit_refusal(request: ApiRequest) -> None:
    """After the rollback. What was wrong with a field is between the caller and us, and leaves no row."""
    refusal: KefuError | None = getattr(request, "refusal", None)
    if refusal is not None and not isinstance(refusal, Invalid):
        record_refusal(f"api.{refusal.code}"[:80], by=request.user, at=request.at, reason=address_of(request))
