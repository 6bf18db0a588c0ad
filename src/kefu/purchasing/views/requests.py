"""Purchase requests: asking, deciding, taking back (STK-002)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.kernel.errors import Invalid
from kefu.purchasing import actions, queries
from kefu.purchasing.actions import Wanted
from kefu.purchasing.choices import RequestState, Verdict
from kefu.purchasing.forms import RequestForm, RequestLines, with_one_more
from kefu.purchasing.models import PurchaseRequest
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.views.places import DECIDING, central_for, needed, person, unprocessable, way

ACT, APPROVE = PurchasingPermission.PLAN_ACT, PurchasingPermission.APPROVE


@needs(*DECIDING)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The requests within reach, newest first."""
    user, state = person(request), request.GET.get("state", "")
    rows = queries.requests_listed(user, {"state": state}, now(request))
    keyset = Keyset(rows, order=("-id",), cursor=request.GET.get("after"))
    context = {
        "keyset": keyset, "rows": [(one, queries.amount_asked(one)) for one in keyset.rows],
        "way": way(user, "requests"), "may_ask": central_for(user, ACT) is not None,
        "states": [{"url": "?", "label": _("全部"), "pressed": not state}, *(
            {"url": f"?state={one.value}", "label": one.label, "pressed": state == one} for one in RequestState
        )],
        "export_url": export_url(request, "purchasing.requests"),
    }  # fmt: skip
    return page(request, "purchasing/requests.html", context, partial="rows")


@needs(ACT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """A request typed line by line."""
    user, at = person(request), now(request)
    warehouse = needed(user, ACT)
    supplies = queries.askable(user, timezone.localdate(at))
    given = {"supplies": supplies}
    if request.method == "GET":
        return _form(request, RequestForm(), RequestLines(form_kwargs=given))
    more = "more" in request.POST
    form = RequestForm(request.POST)
    lines = RequestLines(with_one_more(request.POST) if more else request.POST, form_kwargs=given)
    if more:
        return _form(request, form, lines)
    if not (form.is_valid() & lines.is_valid()):
        return unprocessable(_form(request, form, lines))
    entered = [line for line in lines if line.has_changed()]

    def write() -> PurchaseRequest:
        wanted = [Wanted(line.cleaned_data["supply"], line.cleaned_data["packs"]) for line in entered]
        try:
            return actions.ask_purchase(
                warehouse=warehouse, lines=wanted, reason=form.cleaned_data["reason"], by=user, at=at
            )
        except Invalid as error:
            beside_lines(entered, error)
            raise

    return act(
        request, write, success=lambda made: _("采购申请 %(number)s 已提交审批") % {"number": made.number},
        to=lambda made: _url(made), form=form, render=lambda: _form(request, form, lines),
    )  # fmt: skip


def _form(request: HttpRequest, form: RequestForm, lines: Any) -> HttpResponse:
    return page(request, "purchasing/request_new.html", {"form": form, "formset": lines})


def beside_lines(entered: list[Any], error: Invalid) -> None:
    """Put `lines.2.packs` beside the packs of the second line."""
    for item in error.errors:
        parts = item.field.split(".")
        if len(parts) == 3 and parts[2] in entered[int(parts[1]) - 1].fields:
            entered[int(parts[1]) - 1].add_error(parts[2], str(item.message))


def _url(one: PurchaseRequest) -> str:
    return reverse("purchasing:request", args=[one.pk])


def _request(request: HttpRequest, pk: int) -> PurchaseRequest:
    return get_object_or_404(queries.requests_listed(person(request), {}, now(request)), pk=pk)


@needs(*DECIDING)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A request with its lines, what was said, and the orders made of it."""
    one, user = _request(request, pk), person(request)
    waiting = PurchaseRequest.objects.filter(pk=pk).waiting_for(user).exists()
    context = {
        "purchase": one, "amount": queries.amount_asked(one), "may_decide": waiting and allowed(user, APPROVE),
        "may_withdraw": one.state == RequestState.ASKED and one.by_id == user.pk,
        "orders": one.orders.select_related("supplier__institution").order_by("pk"),
    }  # fmt: skip
    return page(request, "purchasing/request.html", context)


@needs(APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say yes, or no with a reason."""
    one = _request(request, pk)
    verdict = Verdict.APPROVED if request.POST.get("verdict") == Verdict.APPROVED else Verdict.DECLINED
    reason = request.POST.get("reason", "")[:200]
    return act(
        request,
        lambda: actions.decide_request(request=one, verdict=verdict, reason=reason, by=person(request), at=now(request)),
        success=_("审批已记下"), to=_url(one),
    )  # fmt: skip


@needs(ACT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one's own request back."""
    one = _request(request, pk)
    return act(
        request, lambda: actions.withdraw_request(request=one, by=person(request), at=now(request)),
        success=_("申请已撤回"), to=_url(one),
    )  # fmt: skip
