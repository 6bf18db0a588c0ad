"""Goods that carriers bring back: registered, collected with a signature, booked in (STK-024)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.dispatch import actions, queries
from kefu.dispatch.choices import BACK_OPEN, BackState
from kefu.dispatch.forms import BackForm, ReasonForm, packs_in
from kefu.dispatch.models import Back
from kefu.dispatch.queries import BACK
from kefu.dispatch.views.reaching import REGISTER, VIEW, again, chosen, warehouses
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import may_keep, person

KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)
SHOWN = ("", "open", *BackState.values)


@needs(VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Goods that carriers bring back, newest first."""
    user, asked = person(request), {name: request.GET.get(name, "") for name in ("state", "q")}
    words = {"": _("全部"), "open": _("没办完的")} | dict(BackState.choices)
    keyset = Keyset(queries.backs_listed(user, asked, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = asked | {
        "keyset": keyset,
        "today": timezone.localdate(now(request)),
        "undone": BACK_OPEN,
        "options": [Option(words[one], f"?state={one}", pressed=asked["state"] == one) for one in SHOWN],
        "may_register": allowed(user, REGISTER) and bool(warehouses(request, REGISTER)),
        "export_url": export_url(request, "dispatch.backs", **asked),
    }
    return page(request, "dispatch/backs.html", context, partial="rows")


def _back(request: HttpRequest, pk: int) -> Back:
    return get_object_or_404(queries.backs_listed(person(request), {}, now(request)), pk=pk)


def _url(back: Back) -> str:
    return reverse("dispatch:back", args=[back.pk])


@needs(REGISTER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Register goods that wait with a carrier."""
    warehouse = chosen(request, REGISTER)
    form = BackForm(request.POST or None)

    def render() -> HttpResponse:
        context = {"form": form, "warehouse": warehouse, "warehouses": warehouses(request, REGISTER)}
        return page(request, "dispatch/back_new.html", context)

    if request.method == "GET":
        return render()
    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.register_back(warehouse=warehouse, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("已登记，发货部收到了通知"), to=_url, form=form, render=render,
    )  # fmt: skip


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the goods wait, who collected them, what was booked in."""
    back, user = _back(request, pk), person(request)
    may = allowed(user, REGISTER, node_id=back.warehouse.node_id)
    receives = back.state == BackState.COLLECTED and may_keep(user, back.warehouse)
    context = {
        "back": back,
        "today": timezone.localdate(now(request)),
        "late": back.state == BackState.WAITING and back.collect_by < timezone.localdate(now(request)),
        "may_collect": may and back.state == BackState.WAITING,
        "may_receive": receives,
        "returnable": queries.returnable(back) if receives and back.purchase_id else None,
        "booked": back.lines.select_related("issue_line__lot__product"),
        "close_form": ReasonForm(auto_id="close_%s") if may and back.state in BACK_OPEN else None,
    }
    return page(request, "dispatch/back.html", context)


@needs(REGISTER)
@require_POST
def collect(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The person who collected the goods signs."""
    back = _back(request, pk)
    return act(request, lambda: actions.collect_back(back=back, by=person(request), at=now(request)), success=_("已签收取货，请库管点收"), to=_url(back))  # fmt: skip


@needs(*KEEP)
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The keeper books the goods in."""
    back, packs = _back(request, pk), packs_in(request.POST)
    return act(request, lambda: actions.receive_back(back=back, packs=packs, by=person(request), at=now(request)), success=_("已入库"), to=_url(back))  # fmt: skip


@needs(REGISTER)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Nothing is booked in after all."""
    back, reason = _back(request, pk), request.POST.get("reason", "")[:200]
    return act(request, lambda: actions.close_back(back=back, reason=reason, by=person(request), at=now(request)), success=_("已记下不入库了"), to=_url(back))  # fmt: skip


@needs(VIEW)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print the collection slip."""
    back = _back(request, pk)
    customer = back.purchase.customer_id if back.purchase else None
    return act(
        request, lambda: print_document(code=BACK, subject=Subject(BACK, back.pk), customer_id=customer, by=person(request), at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip
