"""The way in by a code, the way out, and the privacy notice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.devices import address_of
from kefu.customers.queries.consents import text_asked
from kefu.foundation.access.decorators import public
from kefu.foundation.ui.http import now, put_errors
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.phones import mask
from kefu.organisation.queries import SYSTEM, system_user
from kefu.portal import actions
from kefu.portal.demo import words_for
from kefu.portal.forms import CodeForm, PhoneForm
from kefu.portal.inside import COOKIE, PLACE, busy, hand_token, safe_place, show, token_of
from kefu.portal.limits import CODE_MINUTES
from kefu.portal.queries.door import visit_at_door, visit_inside
from kefu.portal.queries.mine import PRIVACY


@public
@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponseBase:
    """Ask for the number; the answer is the same whether it is known or not."""
    place = safe_place(request.GET.get("next", ""))
    if visit_inside(token_of(request), now(request)) is not None:
        return redirect("portal:mine" if place == PLACE else place)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.knock(
                phone=form.cleaned_data["phone"], address=address_of(request), by=system_user(SYSTEM), at=now(request)
            )
        except Invalid as error:
            put_errors(form, error)
        except Refused as error:
            return busy(request, error)
        else:
            return hand_token(redirect(_with_next("portal:code", place)), token)
    return show(request, "door", {"form": form, "place": place}, status=422 if form.errors else 200)


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code; who gives it is inside."""
    place, token = safe_place(request.GET.get("next", "")), token_of(request)
    visit = visit_at_door(token, now(request))
    if visit is None:
        return redirect(_with_next("portal:door", place))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proof = actions.prove(
            visit=visit, token=token, code=form.cleaned_data["code"], by=system_user(SYSTEM), at=now(request)
        )
        if proof.token:
            return hand_token(redirect("portal:mine" if place == PLACE else place), proof.token)
        if proof.code == "locked":
            return busy(request, _("验证码输错太多次，请过一会儿再试，或打电话预约。"))
        form.add_error(
            "code", _("验证码不对，请再看一下短信。") if proof.code == "wrong" else _("验证码过期了，请重新获取。")
        )
    context = {
        "form": form,
        "place": place,
        "phone": mask(visit.phone),
        "minutes": CODE_MINUTES.on(now(request)),
        "shown": words_for(visit),
    }
    return show(request, "code", context, status=422 if form.errors else 200)


@public
@require_POST
def leaving(request: HttpRequest) -> HttpResponseBase:
    """Go out; the cookie is worth nothing any more."""
    visit = visit_inside(token_of(request), now(request))
    if visit is not None:
        actions.leave(visit=visit, by=system_user(SYSTEM), at=now(request))
    response = redirect("portal:door")
    response.delete_cookie(COOKIE, path=PLACE)
    return response


@public
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """The notice a customer agrees to, for anybody to read."""
    return show(request, "privacy", {"text": text_asked(PRIVACY)})


def _with_next(name: str, place: str) -> str:
    return reverse(name) if place == PLACE else f"{reverse(name)}?next={place}"
