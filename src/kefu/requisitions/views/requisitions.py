"""Requisitions: the list, a new one, its page, and the hands it goes through."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.queries import prints_of
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.products.models import Product
from kefu.requisitions import actions, queries
from kefu.requisitions.actions import Granted
from kefu.requisitions.choices import State
from kefu.requisitions.documents import PICK_LIST
from kefu.requisitions.forms import (
    MORE,
    ParcelForm,
    ReasonForm,
    RemarkForm,
    SettleForm,
    SourceForm,
    numbers_in,
    wanted_in,
)
from kefu.requisitions.models import Requisition
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.turns import sides
from kefu.requisitions.views.reaching import VIEW, address, again, does, may, reached
from kefu.stock.models import Warehouse
from kefu.stock.views.places import person

SHOWN = ("", "open", "submitted", "checked", "approved", "issued", "difference", "received")


@needs(*VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The requisitions within reach, newest first, by state and warehouse."""
    user, asked = person(request), {name: request.GET.get(name, "") for name in ("state", "warehouse", "q")}
    words = {"": _("全部"), "open": _("没办完的")} | {state.value: state.label.split("，")[0] for state in State}
    keyset = Keyset(
        queries.requisitions_listed(user, asked, now(request)), order=("-id",), cursor=request.GET.get("after")
    )
    context = asked | {
        "keyset": keyset,
        "options": [Option(words[one], f"?state={one}&warehouse={asked['warehouse']}", pressed=asked["state"] == one) for one in SHOWN],
        "warehouses": Warehouse.objects.visible_to(user).filter(active=True),
        "may_draft": allowed(user, RequisitionPermission.DRAFT),
        "export_url": export_url(request, "requisitions.requisitions", **asked),
    }  # fmt: skip
    return page(request, "requisitions/list.html", context, partial="rows")


def _target(request: HttpRequest) -> Warehouse:
    """The branch warehouse named by `warehouse=`, else the person's own, else the first for which the person may ask."""
    user, code = person(request), request.POST.get("warehouse") or request.GET.get("warehouse", "")
    rows = [one for one in Warehouse.objects.visible_to(user).filter(central=False, active=True).select_related("node")
            if allowed(user, RequisitionPermission.DRAFT, node_id=one.node_id)]  # fmt: skip
    chosen = [one for one in rows if one.code == code] if code else rows
    if not chosen:
        raise Http404
    return next((one for one in chosen if user.pk == one.keeper_id or user.node_id == one.node_id), chosen[0])


def _new(request: HttpRequest, target: Warehouse, form: SourceForm) -> HttpResponse:
    sources = form.fields["source"].queryset  # type: ignore[attr-defined]
    asked = form.data.get("source") or request.GET.get("source", "")
    source = sources.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else sources.first()
    given = numbers_in(request.POST, "packs")
    rows = queries.proposals(target, now(request), source)
    context = {
        "target": target,
        "source": source,
        "sources": sources,
        "form": form,
        "rows": [(row, given.get(row.product.pk, row.packs)) for row in rows],
        "more": [(n, request.POST.get(f"more-{n}", ""), request.POST.get(f"extra-{n}", "")) for n in range(MORE)],
        "products": Product.objects.filter(active=True).order_by("code"),
        "targets": Warehouse.objects.visible_to(person(request)).filter(central=False, active=True),
    }
    return page(request, "requisitions/new.html", context)


@needs(RequisitionPermission.DRAFT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Enter what a branch needs: proposed from par, sales and waiting customers, to be changed (STK-013)."""
    target = _target(request)
    if request.method == "GET":
        return _new(request, target, SourceForm(target=target))
    form = SourceForm(request.POST, target=target)
    if not form.is_valid():
        return again(_new(request, target, form))
    return act(
        request,
        lambda: actions.draft(target=target, wanted=wanted_in(request.POST), **form.cleaned_data, by=person(request), at=now(request)),
        success=lambda made: _("申请单 %(number)s 已填好，等主任签字") % {"number": made.number},
        to=address,
        form=form,
        render=lambda: _new(request, target, form),
    )  # fmt: skip


def show_page(request: HttpRequest, one: Requisition, **forms: KefuForm) -> HttpResponse:
    """The page of a requisition with what is this person's turn."""
    user = person(request)
    turn = may(user, one)
    shipped = list(
        one.shipped.select_related("lot__product").prefetch_related("settlements__consents__by", "settlements__by")
    )
    short = [line for line in shipped if line.open] if one.state == State.DIFFERENCE else []
    context = {
        "requisition": one,
        "lines": one.lines.select_related("product").order_by("product__code", "pk"),
        "steps": one.steps.select_related("by"),
        "parcels": one.parcels.select_related("by").order_by("pk"),
        "misses": one.misses.select_related("product", "lot", "by").order_by("pk"),
        "shipped": shipped,
        "prints": prints_of(PICK_LIST, PICK_LIST, one.pk).select_related("by")[:5],
        "may": turn,
        "sides": sides(one, user) if short else [],
        "settle_form": SettleForm(lines=one.shipped.filter(pk__in=[line.pk for line in short]).select_related("lot__product"), auto_id="settle_%s") if short else None,
        "reject_form": ReasonForm(auto_id="reject_%s") if turn["sign"] or turn["check"] or turn["approve"] else None,
        "withdraw_form": ReasonForm(auto_id="withdraw_%s") if turn["withdraw"] else None,
        "remark_form": RemarkForm() if turn["check"] else None,
        "parcel_form": ParcelForm(auto_id="parcel_%s") if turn["parcel"] else None,
        "export_url": export_url(request, "requisitions.lines", requisition=one.number),
    }  # fmt: skip
    return page(request, "requisitions/requisition.html", context | forms)


@needs(*VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A requisition: its lines with what was known, its way so far, where its goods are."""
    return show_page(request, reached(request, pk))


@needs(RequisitionPermission.DRAFT)
@require_POST
def lines(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Other packs while it is a draft."""
    one = reached(request, pk)
    wanted = wanted_in(request.POST)
    return does(request, one, lambda: actions.change_lines(requisition=one, wanted=wanted, by=person(request), at=now(request)), _("申请数量已改"))  # fmt: skip


@needs(RequisitionPermission.SIGN)
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The director signs."""
    one = reached(request, pk)
    return does(
        request,
        one,
        lambda: actions.sign(requisition=one, by=person(request), at=now(request)),
        _("已签字，交财务核对"),
    )


@needs(RequisitionPermission.FIGURES_CHECK)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Finance finds the figures right."""
    one, remark = reached(request, pk), request.POST.get("remark", "")
    return does(request, one, lambda: actions.check_figures(requisition=one, remark=remark, by=person(request), at=now(request)), _("已核对，交产品部审批"))  # fmt: skip


@needs(RequisitionPermission.APPROVE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The product department approves, less of some lines with a reason."""
    one = reached(request, pk)
    packs = numbers_in(request.POST, "packs")
    granted = {line: Granted(count, request.POST.get(f"reason-{line}", "")) for line, count in packs.items()}
    return does(request, one, lambda: actions.approve(requisition=one, granted=granted, by=person(request), at=now(request)), _("已批准，货已留好"))  # fmt: skip


@needs(RequisitionPermission.SIGN, RequisitionPermission.FIGURES_CHECK, RequisitionPermission.APPROVE)
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Whose turn it is says no."""
    one, reason = reached(request, pk), request.POST.get("reason", "")[:200]
    return does(request, one, lambda: actions.reject(requisition=one, reason=reason, by=person(request), at=now(request)), _("已答复不批准"))  # fmt: skip


@needs(RequisitionPermission.DRAFT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give it up before the goods leave."""
    one, reason = reached(request, pk), request.POST.get("reason", "")[:200]
    return does(request, one, lambda: actions.withdraw(requisition=one, reason=reason, by=person(request), at=now(request)), _("申请单已撤回"))  # fmt: skip


@needs(*VIEW)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print the pick list in the order of the places."""
    one = reached(request, pk)
    return act(
        request,
        lambda: print_document(code=PICK_LIST, subject=Subject(PICK_LIST, one.pk), customer_id=None, by=person(request), at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip


@needs(*VIEW)
@require_GET
def transit(request: HttpRequest) -> HttpResponse:
    """What was sent and is not all there: per lot, where from, where to, since when."""
    user, code = person(request), request.GET.get("warehouse", "")
    keyset = Keyset(
        queries.on_the_way(user, {"warehouse": code}, now(request)), order=("-id",), cursor=request.GET.get("after")
    )
    context = {
        "keyset": keyset,
        "warehouse": code,
        "export_url": export_url(request, "requisitions.transit", warehouse=code),
    }
    return page(request, "requisitions/transit.html", context, partial="rows")
