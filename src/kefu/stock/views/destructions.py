"""Goods to be destroyed: what there is, asking, verifying, approving, destroying, filing (STK-011)."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.files.queries import attached
from kefu.foundation.printing.actions import print_document
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.kernel.ids import parse_number
from kefu.stock import actions, queries
from kefu.stock.actions.destroying import PHOTO, SIGNED
from kefu.stock.choices import DestructionState
from kefu.stock.destruction_documents import RECORD, REQUEST
from kefu.stock.destruction_forms import (
    DecideForm,
    DestroyForm,
    NoteForm,
    RequestForm,
    SendBackForm,
    VerifyForm,
    WithdrawForm,
)
from kefu.stock.models import Destruction
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import person, unprocessable

VIEW, ASK = StockPermission.DESTRUCTION_VIEW, StockPermission.DESTRUCTION_REQUEST
VERIFY, APPROVE = StockPermission.DESTRUCTION_VERIFY, StockPermission.DESTRUCTION_APPROVE
KINDS = ((SIGNED, _("双方签字的销毁记录")), (PHOTO, _("货物照片")))
BEFORE = (
    DestructionState.REQUESTED,
    DestructionState.VERIFIED,
    DestructionState.APPROVED,
    DestructionState.TO_MAKER,
)
DONE = (DestructionState.DESTROYED, DestructionState.CLOSED)
PAPERS = {"request": REQUEST, "record": RECORD}


@needs(VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The requests within reach, newest first, all or those in one state."""
    asked = {"state": request.GET.get("state", "")}
    rows = queries.destructions_listed(person(request), asked, now(request))
    context = asked | {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "states": DestructionState.choices,
        "export_url": export_url(request, "stock.destructions"),
    }
    return page(request, "stock/destructions.html", context, partial="rows")


@needs(VIEW)
@require_GET
def candidates(request: HttpRequest) -> HttpResponse:
    """What must not be used any more and nobody asked about yet."""
    asked = {"warehouse": request.GET.get("warehouse", "")}
    rows = queries.candidates_listed(person(request), asked, now(request))
    context = asked | {
        "keyset": Keyset(rows, order=("id",), cursor=request.GET.get("after")),
        "may_ask": allowed(person(request), ASK),
        "export_url": export_url(request, "stock.destruction_candidates"),
    }
    return page(request, "stock/destruction_candidates.html", context, partial="rows")


@needs(ASK)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Ask to destroy packs of a candidate, with a photo."""
    number = parse_number(request.POST.get("balance") or request.GET.get("balance")) or 0
    balance = get_object_or_404(queries.candidates_listed(person(request), {}, now(request)), pk=number)
    if not balance.may_ask:
        raise Http404
    start = {"packs": balance.loose}
    form = RequestForm(request.POST, request.FILES) if request.method == "POST" else RequestForm(initial=start)

    def again() -> HttpResponse:
        return page(request, "stock/destruction_new.html", {"form": form, "balance": balance})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.request_destruction(balance=balance, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("已申请，货已冻结，等产品部核对数量"),
        to=_url,
        form=form,
        render=again,
    )


def _url(one: Destruction) -> str:
    return reverse("stock:destruction", args=[one.pk])


def _destruction(request: HttpRequest, pk: int) -> Destruction:
    return get_object_or_404(queries.destructions_listed(person(request), {}, now(request)), pk=pk)


def _next(request: HttpRequest, one: Destruction) -> KefuForm | None:
    """The form of the step that is this person's to take now."""
    if not queries.waits_for(one, person(request)):
        return None
    match one.state:
        case DestructionState.REQUESTED:
            return VerifyForm(initial={"packs": one.packs}) if _photographed(one) else None
        case DestructionState.VERIFIED:
            return DecideForm(initial={"decision": DestructionState.APPROVED})
        case DestructionState.APPROVED:
            return _destroy_form(request, one)
        case DestructionState.TO_MAKER:
            return SendBackForm()
    return NoteForm()


def _photographed(one: Destruction) -> bool:
    return attached(queries.DESTRUCTION, one.pk, PHOTO).exists()


def _destroy_form(request: HttpRequest, one: Destruction, data: object = None) -> DestroyForm:
    people = queries.witnesses(one.warehouse).exclude(pk=person(request).pk)
    return DestroyForm(data, witnesses=people)


def _page(request: HttpRequest, one: Destruction, form: KefuForm | None) -> HttpResponse:
    own = allowed(person(request), ASK, node_id=one.warehouse.node_id)
    context = {
        "destruction": one,
        "steps": one.steps.select_related("by", "witness"),
        "held": queries.still_held(one),
        "form": form,
        "no_photo": one.state == DestructionState.REQUESTED and not _photographed(one),
        "withdraw_form": WithdrawForm(auto_id="withdraw_%s") if own and one.state in BEFORE else None,
        "kinds": KINDS if one.state in DONE else KINDS[1:],
        "subject_kind": queries.DESTRUCTION,
        "done": one.state in DONE,
    }
    return page(request, "stock/destruction.html", context)


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A request with its steps, its files and what comes next."""
    one = _destruction(request, pk)
    return _page(request, one, _next(request, one))


def _do(
    request: HttpRequest, one: Destruction, form: KefuForm, write: Callable[[], object], said: object
) -> HttpResponseBase:
    def again() -> HttpResponse:
        fresh = _destruction(request, one.pk)
        due = _next(request, fresh)
        if type(due) is type(form):
            return _page(request, fresh, form)
        for text in form.non_field_errors() or [_("这一步已经有人办过了，请看现在的状态")]:
            messages.error(request, str(text))
        return _page(request, fresh, due)

    if not form.is_valid():
        return unprocessable(again())
    return act(request, write, success=said, to=_url(one), form=form, render=again)


@needs(VERIFY)
@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The quantity is right, or smaller."""
    one, form = _destruction(request, pk), VerifyForm(request.POST)
    return _do(
        request, one, form,
        lambda: actions.verify_destruction(destruction=one, **form.cleaned_data, by=person(request), at=now(request)), _("数量已核对"),
    )  # fmt: skip


@needs(APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Leadership approves or rejects."""
    one, form = _destruction(request, pk), DecideForm(request.POST)

    def write() -> Destruction:
        given = form.cleaned_data
        decision = DestructionState(given["decision"])
        return actions.decide_destruction(
            destruction=one, decision=decision, reason=given["reason"], by=person(request), at=now(request)
        )

    return _do(request, one, form, write, _("审批已记下"))


@needs(ASK)
@require_POST
def destroyed(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The goods were destroyed before two people."""
    one = _destruction(request, pk)
    form = _destroy_form(request, one, request.POST)
    return _do(
        request, one, form,
        lambda: actions.destroy(destruction=one, **form.cleaned_data, by=person(request), at=now(request)),
        _("销毁已记下，请打印记录，双方签字后扫描上传"),
    )  # fmt: skip


@needs(ASK)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Write off and file."""
    one, form = _destruction(request, pk), NoteForm(request.POST)
    return _do(
        request, one, form,
        lambda: actions.close_destruction(destruction=one, **form.cleaned_data, by=person(request), at=now(request)), _("已核销归档"),
    )  # fmt: skip


@needs(ASK)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The goods went back to the maker."""
    one, form = _destruction(request, pk), SendBackForm(request.POST)
    return _do(
        request, one, form,
        lambda: actions.send_back(destruction=one, **form.cleaned_data, by=person(request), at=now(request)), _("已退厂核销"),
    )  # fmt: skip


@needs(ASK)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give a request up."""
    one, reason = _destruction(request, pk), request.POST.get("reason", "")[:200]
    return act(
        request,
        lambda: actions.withdraw_destruction(destruction=one, reason=reason, by=person(request), at=now(request)),
        success=_("已撤回，货已放回"),
        to=_url(one),
    )


@needs(VIEW)
@require_POST
def printout(request: HttpRequest, pk: int, paper: str) -> HttpResponseBase:
    """Print the request, or once the goods are destroyed the record to be signed."""
    one = _destruction(request, pk)
    if paper not in PAPERS or (paper == "record" and one.state not in DONE):
        raise Http404
    code = PAPERS[paper]
    return act(
        request,
        lambda: print_document(code=code, subject=Subject(code, one.pk), customer_id=None, by=person(request), at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip
