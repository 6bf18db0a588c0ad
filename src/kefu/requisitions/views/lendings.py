"""Goods that are lent: asking, agreeing, handing over, taking back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.requisitions import actions, queries
from kefu.requisitions.choices import Condition, LendingState
from kefu.requisitions.forms import LendingForm, LendingFormSet, ReasonForm, ReturnedForm
from kefu.requisitions.models import Lending
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.turns import consent_right
from kefu.requisitions.views.reaching import KEEP, again
from kefu.stock.forms import filled, with_one_more
from kefu.stock.models import Warehouse
from kefu.stock.views.places import may_keep, needed, person

CONSENT = (RequisitionPermission.SIGN, RequisitionPermission.APPROVE)
SHOWN = ("", "asked", "agreed", "out", "overdue", "returned")


@needs(RequisitionPermission.VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The lendings within reach, newest first, by state and what is overdue."""
    user, asked = person(request), {name: request.GET.get(name, "") for name in ("state", "warehouse")}
    words = {"": _("全部"), "overdue": _("到期没还")} | dict(LendingState.choices)
    keyset = Keyset(queries.lendings_listed(user, asked, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = asked | {
        "keyset": keyset,
        "today": timezone.localdate(now(request)),
        "options": [Option(words[one], f"?state={one}", pressed=asked["state"] == one) for one in SHOWN],
        "may_ask": allowed(user, RequisitionPermission.DRAFT) and Warehouse.objects.visible_to(user).exists(),
        "export_url": export_url(request, "requisitions.lendings", **asked),
    }
    return page(request, "requisitions/lendings.html", context, partial="rows")


@needs(RequisitionPermission.DRAFT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Ask for goods to be lent."""
    warehouse = needed(request)
    more = "more" in request.POST
    form = LendingForm(request.POST or None)
    lines = LendingFormSet(with_one_more(request.POST) if more else request.POST or None)

    def render() -> HttpResponse:
        context = {"warehouse": warehouse, "form": form, "formset": lines}
        return page(request, "requisitions/lending_new.html", context)

    if request.method == "GET" or more:
        return render()
    if not (form.is_valid() & lines.is_valid()):
        return again(render())
    wanted = [(line.cleaned_data["product"], line.cleaned_data["packs"]) for line in filled(lines)]
    return act(
        request,
        lambda: actions.ask_lending(warehouse=warehouse, lines=wanted, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("借用单已填好，等主管同意"), to=_url, form=form, render=render,
    )  # fmt: skip


def _url(one: Lending) -> str:
    return reverse("requisitions:lending", args=[one.pk])


def _lending(request: HttpRequest, pk: int) -> Lending:
    return get_object_or_404(queries.lendings_listed(person(request), {}, now(request)), pk=pk)


@needs(RequisitionPermission.VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A lending: what, who, until when, what came back in which condition."""
    return _page(request, _lending(request, pk))


def _page(request: HttpRequest, one: Lending, form: ReturnedForm | None = None) -> HttpResponse:
    user, warehouse = person(request), one.warehouse
    keeps, agrees = (
        may_keep(user, warehouse),
        allowed(user, consent_right(warehouse), node_id=warehouse.node_id),
    )
    own = user.pk in (one.by_id, one.borrower_id)
    out = one.state == LendingState.OUT
    context = {
        "lending": one,
        "today": timezone.localdate(now(request)),
        "lines": one.lines.select_related("product"),
        "lots": one.lots.select_related("balance__lot", "balance__product").prefetch_related("returns__by"),
        "may_agree": one.state == LendingState.ASKED and agrees and not own,
        "may_hand": one.state == LendingState.AGREED and keeps,
        "may_return": out and (keeps or (agrees and not own)),
        "reject_form": ReasonForm(auto_id="refuse_%s")
        if one.state == LendingState.ASKED and agrees and not own
        else None,
        "withdraw_form": ReasonForm(auto_id="withdraw_%s")
        if one.state in (LendingState.ASKED, LendingState.AGREED) and (own or keeps)
        else None,
        "return_form": form or ReturnedForm(),
    }
    return page(request, "requisitions/lending.html", context)


def _does(request: HttpRequest, pk: int, verb: Callable[..., Any], said: object, **given: Any) -> HttpResponseBase:
    one = _lending(request, pk)
    return act(
        request, lambda: verb(lending=one, **given, by=person(request), at=now(request)), success=said, to=_url(one)
    )


@needs(*CONSENT)
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The manager agrees; the goods are set aside."""
    return _does(request, pk, actions.agree_lending, _("已同意，货已留好"))


@needs(*CONSENT)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The manager does not agree."""
    return _does(request, pk, actions.refuse_lending, _("已答复不同意"), reason=request.POST.get("reason", "")[:200])


@needs(RequisitionPermission.DRAFT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give it up before the goods are handed over."""
    return _does(request, pk, actions.withdraw_lending, _("借用单已撤回"), reason=request.POST.get("reason", "")[:200])


@needs(*KEEP)
@require_POST
def hand(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The keeper hands the goods over."""
    return _does(request, pk, actions.hand_over, _("已借出"))


@needs(*KEEP, *CONSENT)
@require_POST
def bring_back(request: HttpRequest, pk: int, lot: int) -> HttpResponseBase:
    """Packs of a lot come back, or will not."""
    one, form = _lending(request, pk), ReturnedForm(request.POST)
    row = one.lots.select_related("lending").filter(pk=lot).first()
    if row is None:
        raise Http404
    if not form.is_valid():
        return again(_page(request, one, form))
    given = form.cleaned_data | {"condition": Condition(form.cleaned_data["condition"])}
    return act(
        request, lambda: actions.bring_back(lot=row, **given, by=person(request), at=now(request)), success=_("已记下归还"),
        to=_url(one), form=form, render=lambda: _page(request, one, form),
    )  # fmt: skip
