"""What the pages of requisitions begin with: who asks, for which one, and what that person may do with it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from kefu.foundation.access.checks import allowed
from kefu.foundation.ui.http import act, now
from kefu.organisation.models import User
from kefu.requisitions.choices import State
from kefu.requisitions.models import Requisition
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import requisitions_listed
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import person

VIEW = (RequisitionPermission.VIEW, RequisitionPermission.FIGURES_VIEW)
KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)


def reached(request: HttpRequest, pk: int) -> Requisition:
    """The requisition, if it is within reach; else 404."""
    return get_object_or_404(requisitions_listed(person(request), {}, now(request)), pk=pk)


def address(one: Requisition) -> str:
    """Its page."""
    return reverse("requisitions:requisition", args=[one.pk])


def does(
    request: HttpRequest, one: Requisition, verb: Callable[[], object], said: object, to: str = ""
) -> HttpResponseBase:
    """Run a verb whose refusal is said on the page it came from."""
    return act(request, verb, success=said, to=to or address(one))


def may(user: User, one: Requisition) -> dict[str, bool]:
    """Which verbs are this person's turn on a requisition, by name."""
    target, source = one.target.node_id, one.source.node_id
    decided = any(step.by_id == user.pk and step.kind in ("signed", "checked") for step in one.steps.all())
    own = one.by_id == user.pk or decided
    right = RequisitionPermission
    keeps = allowed(user, one.source.keep_permission, node_id=source)
    return {
        "draft": one.state == State.DRAFT and allowed(user, right.DRAFT, node_id=target),
        "sign": one.state == State.DRAFT and not own and allowed(user, right.SIGN, node_id=target),
        "check": one.state == State.SUBMITTED and not own and allowed(user, right.FIGURES_CHECK, node_id=target),
        "approve": one.state == State.CHECKED and not own and allowed(user, right.APPROVE, node_id=source),
        "withdraw": one.state in (State.DRAFT, State.SUBMITTED, State.CHECKED, State.APPROVED)
        and allowed(user, right.DRAFT, node_id=target)
        and (one.by_id == user.pk or allowed(user, right.APPROVE, node_id=source)),
        "pick": one.state == State.APPROVED and keeps,
        "parcel": one.state in (State.APPROVED, State.ISSUED, State.DIFFERENCE) and keeps,
        "arrive": one.state == State.ISSUED and (keeps or allowed(user, right.DRAFT, node_id=target)),
    }


def again(answer: HttpResponse, status: int = 422) -> HttpResponse:
    """The page once more, with what is wrong."""
    answer.status_code = status
    return answer
