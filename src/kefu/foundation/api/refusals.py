"""What a refusal of each kind becomes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kefu.foundation.api.references import UnknownReference
from kefu.foundation.api.responses import problem
from kefu.foundation.api.wording import described
from kefu.foundation.audit.waiting import busy
from kefu.kernel.errors import FieldError, Forbidden, Invalid, KefuError, OutOfScope, Refused

log = logging.getLogger(__name__)


def refuse_with_problems(api: NinjaAPI) -> None:
    """Give an API the project's answers to every kind of error."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        KefuError: _kernel,
        ValidationError: _fields,
        AuthenticationError: _unknown_token,
        HttpError: _http,
        Http404: _missing,
        PermissionDenied: _denied,
        SuspiciousOperation: _unreadable,
        IntegrityError: _conflict,
        DataError: _not_storable,
        OperationalError: _busy,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _kernel(request: HttpRequest, error: KefuError) -> HttpResponse:
    request.refusal = error  # type: ignore[attr-defined]
    match error:
        case Invalid():
            return problem(422, "invalid", _("有内容需要改正。"), [_described(each) for each in error.errors])
        case Refused():
            return problem(409, error.code, error.message, details=error.details)
        case UnknownReference(error=wrong_field):
            return not_found(wrong_field)
        case OutOfScope():
            return not_found()
        case Forbidden():
            return problem(403, error.code, error.message)
    return problem(error.status, error.code, error.message)


def not_found(wrong: FieldError | None = None) -> HttpResponse:
    """The answer for what does not exist and for what the caller may not see: the same. `wrong` names the field that asked."""
    errors = [_described(wrong)] if wrong else []
    return problem(404, "out_of_scope", _("没有找到，或不在您的范围内。"), errors)


def _described(error: FieldError) -> dict[str, object]:
    return {"field": error.field, "code": error.code, "message": error.message}


def _fields(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, "invalid", _("有内容需要改正。"), [described(each) for each in error.errors])


def _unknown_token(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    if getattr(request, "token_ended", False):
        response = problem(
            401, "token_ended", _("这个令牌已失效：被作废了，或者它的主人没有权限了。请找管理员换新的。")
        )
    else:
        response = problem(401, "unauthenticated", _("请带上有效的令牌。"))
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return problem(400, "unreadable", _("请求内容不是能读懂的 JSON。"))
    return problem(error.status_code, "refused", error.message)


def _unreadable(_request: HttpRequest, _error: SuspiciousOperation) -> HttpResponse:
    return problem(400, "unreadable", _("请求太大或不完整，无法读取。"))


def _missing(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return not_found()


def _denied(request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return _kernel(request, Forbidden("no_right", _("您的岗位没有这项权限，请联系管理员。")))


def _conflict(_request: HttpRequest, error: IntegrityError) -> HttpResponse:
    if refusal := busy(error):
        return problem(409, refusal.code, str(refusal))
    log.warning("a write met a constraint: %s", str(error).partition("\n")[0])
    return problem(409, "conflict", _("和已有的数据冲突，没有保存。"))


def _not_storable(_request: HttpRequest, error: DataError) -> HttpResponse:
    log.warning("a value cannot be stored: %s", str(error).partition("\n")[0])
    return problem(422, "not_storable", _("有内容超出了可以保存的范围。"))


def _busy(_request: HttpRequest, error: OperationalError) -> HttpResponse:
    refusal = busy(error)
    if refusal is None:
        raise error
    return problem(409, refusal.code, str(refusal))
