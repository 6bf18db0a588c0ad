"""The vehicle dispatch register: runs, their orders, what is short (STK-023)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.scopes import in_use
from kefu.dispatch import actions, queries
from kefu.dispatch.actions import Plan
from kefu.dispatch.choices import RunState
from kefu.dispatch.forms import LoadForm, ReasonForm, RunForm, ShortForm, SupplyForm
from kefu.dispatch.models import Run, ShortItem
from kefu.dispatch.views.reaching import REGISTER, VIEW, again, chosen, warehouses
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.sales.models import PurchaseLine
from kefu.stock.views.places import person

PLAN = ("kind", "plate", "company", "driver", "driver_phone", "departs_at", "arrives_at", "pickup_point")


@needs(VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The runs within reach, newest first."""
    user, asked = person(request), {name: request.GET.get(name, "") for name in ("state", "warehouse", "q")}
    words = {"": _("全部")} | dict(RunState.choices)
    keyset = Keyset(queries.runs_listed(user, asked, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = asked | {
        "keyset": keyset,
        "options": [
            Option(words[one], f"?state={one}", pressed=asked["state"] == one) for one in ("", *RunState.values)
        ],
        "may_register": allowed(user, REGISTER) and bool(warehouses(request, REGISTER)),
        "export_url": export_url(request, "dispatch.runs", **asked),
    }
    return page(request, "dispatch/runs.html", context, partial="rows")


def _run(request: HttpRequest, pk: int) -> Run:
    return get_object_or_404(queries.runs_listed(person(request), {}, now(request)), pk=pk)


def _url(run: Run) -> str:
    return reverse("dispatch:run", args=[run.pk])


@needs(REGISTER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Register a run."""
    warehouse = chosen(request, REGISTER)
    form = RunForm(request.POST or None)

    def render() -> HttpResponse:
        context = {"form": form, "warehouse": warehouse, "warehouses": warehouses(request, REGISTER)}
        return page(request, "dispatch/run_new.html", context)

    if request.method == "GET":
        return render()
    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.plan_run(warehouse=warehouse, plan=Plan(**form.cleaned_data), by=person(request), at=now(request)),
        success=_("已登记，请装车"), to=_url, form=form, render=render,
    )  # fmt: skip


def _page(request: HttpRequest, run: Run, **forms: KefuForm) -> HttpResponse:
    user = person(request)
    may = allowed(user, REGISTER, node_id=run.warehouse.node_id)
    open_ = may and run.state == RunState.PLANNED
    lines = run.lines.filter(in_use(user, "purchase__customer__")).select_related("purchase__customer", "by")
    shown = list(lines.prefetch_related("told__message__outbox", "short__purchase_line__product"))
    goods = PurchaseLine.objects.filter(purchase__in=[line.purchase_id for line in shown], quantity__gt=0)
    alive = may and run.state != RunState.CANCELLED
    context = {
        "run": run,
        "lines": shown,
        "may_change": open_,
        "change_form": RunForm(initial={name: getattr(run, name) for name in PLAN}, auto_id="plan_%s") if alive else None,
        "load_form": LoadForm(auto_id="load_%s") if open_ else None,
        "short_form": ShortForm(lines=goods.select_related("purchase", "product").order_by("purchase", "pk"), auto_id="short_%s")
        if alive and shown
        else None,
        "cancel_form": ReasonForm(auto_id="cancel_%s") if alive else None,
        "export_url": export_url(request, "dispatch.lines", run=run.number),
    }  # fmt: skip
    return page(request, "dispatch/run.html", context | forms)


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A run: who drives, which orders are on it, what customers were told, what is short."""
    return _page(request, _run(request, pk))


@needs(REGISTER)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Something about the run is different."""
    run, form = _run(request, pk), RunForm(request.POST, auto_id="plan_%s")

    def render() -> HttpResponse:
        return _page(request, run, change_form=form)

    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.change_run(run=run, plan=Plan(**form.cleaned_data), by=person(request), at=now(request)),
        success=_("已改；大巴已发车的，客户会收到新的信息"), to=_url(run), form=form, render=render,
    )  # fmt: skip


@needs(REGISTER)
@require_POST
def load(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Load an order."""
    run, form = _run(request, pk), LoadForm(request.POST, auto_id="load_%s")

    def render() -> HttpResponse:
        return _page(request, run, load_form=form)

    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.add_line(run=run, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("已装车"), to=_url(run), form=form, render=render,
    )  # fmt: skip


@needs(REGISTER)
@require_POST
def unload(request: HttpRequest, pk: int, line: int) -> HttpResponseBase:
    """Take an order off the run."""
    run = _run(request, pk)
    row = get_object_or_404(run.lines.select_related("run__warehouse", "purchase"), pk=line)
    return act(
        request,
        lambda: actions.remove_line(line=row, by=person(request), at=now(request)),
        success=_("已拿掉"),
        to=_url(run),
    )


@needs(REGISTER)
@require_POST
def short(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Note what did not go along."""
    run = _run(request, pk)
    goods = PurchaseLine.objects.filter(purchase__run_lines__run=run, quantity__gt=0).select_related(
        "purchase", "product"
    )
    form = ShortForm(request.POST, lines=goods, auto_id="short_%s")

    def render() -> HttpResponse:
        return _page(request, run, short_form=form)

    if not form.is_valid():
        return again(render())
    line = get_object_or_404(
        run.lines.select_related("run__warehouse", "purchase"), purchase=form.cleaned_data["purchase_line"].purchase_id
    )
    return act(
        request, lambda: actions.note_short(line=line, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("差件已记下，补齐前一直在差件表里"), to=_url(run), form=form, render=render,
    )  # fmt: skip


@needs(REGISTER)
@require_POST
def depart(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It leaves."""
    run = _run(request, pk)
    return act(
        request, lambda: actions.depart(run=run, by=person(request), at=now(request)), success=_("已发车"), to=_url(run)
    )


@needs(REGISTER)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """It does not go, or does not arrive."""
    run, reason = _run(request, pk), request.POST.get("reason", "")[:200]
    return act(request, lambda: actions.cancel_run(run=run, reason=reason, by=person(request), at=now(request)), success=_("已取消，没发出的消息不再发"), to=_url(run))  # fmt: skip


@needs(VIEW)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print the run sheet."""
    run = _run(request, pk)
    return act(
        request, lambda: actions.print_run(run=run, by=person(request), at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip


def _short_page(request: HttpRequest, form: SupplyForm | None = None, wrong: int = 0) -> HttpResponse:
    user, asked = person(request), {name: request.GET.get(name, "") for name in ("all", "q")}
    keyset = Keyset(queries.short_listed(user, asked, now(request)), order=("id",), cursor=request.GET.get("after"))
    context = asked | {
        "keyset": keyset,
        "form": form,
        "wrong": wrong,
        "options": [
            Option(_("还没补齐"), "?", pressed=not asked["all"]),
            Option(_("全部"), "?all=1", pressed=bool(asked["all"])),
        ],
        "may_register": allowed(user, REGISTER),
        "export_url": export_url(request, "dispatch.short", **asked),
    }
    return page(request, "dispatch/short.html", context, partial="rows")


@needs(VIEW)
@require_GET
def short_listing(request: HttpRequest) -> HttpResponse:
    """What is short of which order, until it is supplied."""
    return _short_page(request)


@needs(REGISTER)
@require_POST
def supply(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Short packs were supplied."""
    item: ShortItem = get_object_or_404(queries.short_listed(person(request), {"all": "1"}, now(request)), pk=pk)
    form = SupplyForm(request.POST)

    def render() -> HttpResponse:
        return _short_page(request, form, item.pk)

    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.supply_short(item=item, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("已记下补件"), to=reverse("dispatch:short"), form=form, render=render,
    )  # fmt: skip
