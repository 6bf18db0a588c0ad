"""Pages of journeys: the board, one journey with its history and wrong turns, a new journey."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.customers.models import Customer
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.foundation.ui.inputs import Option
from kefu.journey.actions import lifecycle, steps
from kefu.journey.forms import NodeChoiceForm
from kefu.journey.models import Journey
from kefu.journey.models.journeys import PROMISED
from kefu.journey.permissions import JourneyPermission
from kefu.journey.queries.amounts import journeys_with_amounts
from kefu.journey.queries.board import BoardFilter, journeys_listed
from kefu.journey.queries.board import board as columns_of
from kefu.journey.queries.cards import card_rows
from kefu.journey.queries.positions import default_template, status_words
from kefu.journey.queries.rights import rights_of
from kefu.journey.queries.strips import strip_of
from kefu.journey.queries.turns import next_people, standing_in
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


@needs(JourneyPermission.VIEW)
def board(request: StaffRequest) -> HttpResponse:
    """Every customer's node, since when, whose turn, what is overdue (JRN-002)."""
    template = default_template()
    show = request.GET.get("show", "")
    columns = columns_of(template, request.user, request.at, BoardFilter.of(request.GET)) if template else []
    options = [
        Option(label, f"?show={code}", pressed=show == code)
        for code, label in (("", _("全部")), ("mine", _("轮到我")), ("late", _("超时")))
    ]
    context = {"columns": columns, "cards": card_rows(columns, request.at), "options": options, "words": status_words()}
    context["export_url"] = export_url(request, "journey.journeys")
    return page(request, "journey/board.html", context)


@needs(JourneyPermission.VIEW)
def node_list(request: StaffRequest, code: str) -> HttpResponse:
    """All journeys that wait at one node, the earliest promise first, those whose clock stands still last."""
    rows = journeys_listed(request.user, {"node": code}, request.at).annotate(promised=PROMISED)
    keyset = Keyset(rows, order=("promised", "id"), cursor=request.GET.get("after"))
    context = {"keyset": keyset, "cards": card_rows(keyset.rows, request.at), "code": code}
    context["export_url"] = export_url(request, "journey.journeys", node=code)
    return page(request, "journey/node.html", context, partial="rows")


@needs(JourneyPermission.VIEW)
def journey(request: StaffRequest, pk: int) -> HttpResponse:
    """One journey: where it stands, its history, and what can be done about it."""
    return _journey_page(request, _get(request, pk))


def _journey_page(request: StaffRequest, shown: Journey, **forms: object) -> HttpResponse:
    may, people = rights_of(shown, request.user), next_people(shown)
    context = {
        "journey": shown,
        "nodes": strip_of(shown, request.at),
        "words": status_words(),
        "people": people,
        "standing_in": standing_in(people),
        "entries": shown.entries.select_related("node", "by").order_by("-pk"),
        "may": may,
        "correction": NodeChoiceForm(nodes=may.back_to, prefix="correction"),
        "every": journeys_with_amounts(shown.customer_id),
    }
    return page(request, "journey/journey.html", context | forms)


@require_POST
@needs(JourneyPermission.VIEW)
def completion(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Complete the current node by hand."""
    shown = _get(request, pk)
    return act(request, lambda: steps.complete_step(journey=shown, by=request.user, at=request.at, reason=request.POST.get("reason", "")),
               success=_("已完成，轮到下一步。"), to=_url(shown))  # fmt: skip


@require_POST
@needs(JourneyPermission.VIEW)
def skipping(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Skip an optional node with a reason."""
    shown = _get(request, pk)
    return act(request, lambda: steps.skip_step(journey=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("已跳过，原因已记下。"), to=_url(shown))  # fmt: skip


@require_POST
@needs(JourneyPermission.VIEW)
def correction(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take the journey back to an earlier node with a reason."""
    shown = _get(request, pk)
    form = NodeChoiceForm(request.POST, nodes=shown.template.nodes.filter(retired=False), prefix="correction")
    if not form.is_valid():
        return _journey_page(request, shown, correction=form)
    data = form.cleaned_data
    return act(request, lambda: steps.correct_step(journey=shown, to=data["node"], reason=data["reason"], by=request.user, at=request.at),
               success=_("已改回，原因已记下。"), to=_url(shown))  # fmt: skip


@require_POST
@needs(JourneyPermission.VIEW)
def withdrawal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer withdraws."""
    shown = _get(request, pk)
    return act(request, lambda: lifecycle.withdraw(journey=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("已登记客户退出。"), to=_url(shown))  # fmt: skip


@require_POST
@needs(JourneyPermission.VIEW)
def closure(request: StaffRequest, pk: int) -> HttpResponseBase:
    """End a journey that has run its course."""
    shown = _get(request, pk)
    return act(request, lambda: lifecycle.close(journey=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("流程已结束。"), to=_url(shown))  # fmt: skip


@require_POST
@needs(JourneyPermission.VIEW)
def reopening(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take up an ended journey."""
    shown = _get(request, pk)
    return act(request, lambda: lifecycle.reopen(journey=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("流程已恢复。"), to=_url(shown))  # fmt: skip


@needs(JourneyPermission.VIEW)
def new_journey(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Start another journey of a customer."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    template = default_template()
    if template is None:
        raise Refused("no_template", _("管理员还没有配置服务流程。"))
    form = NodeChoiceForm(request.POST or None, nodes=template.nodes.filter(retired=False))

    def show() -> HttpResponse:
        return page(request, "journey/new.html", {"form": form, "customer": customer})

    if request.method != "POST" or not form.is_valid():
        return show()
    data = form.cleaned_data
    return act(request, lambda: lifecycle.start_journey(customer=customer, start=data["node"], reason=data["reason"], by=request.user, at=request.at),
               success=_("新的流程开始了。"), to=lambda made: _url(made), form=form, render=show)  # fmt: skip


def _visible(request: StaffRequest) -> QuerySet[Journey]:
    user = request.user
    assert isinstance(user, User)
    return Journey.objects.visible_to(user)


def _get(request: StaffRequest, pk: int) -> Journey:
    return get_object_or_404(_visible(request).select_related("customer__node", "template", "node"), pk=pk)


def _url(journey: Journey) -> str:
    return reverse("journey:journey", args=[journey.pk])
