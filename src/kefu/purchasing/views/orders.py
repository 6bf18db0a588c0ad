"""Orders: sending them, what becomes known of them, closing them; and the comparison with sales (STK-002, STK-020)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.outbox.choices import STOPPED
from kefu.foundation.printing.actions import print_document
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.purchasing import actions, queries
from kefu.purchasing.actions import Known
from kefu.purchasing.actions.ordering import KIND
from kefu.purchasing.choices import OPEN_ORDERS, FactKind, OrderState
from kefu.purchasing.forms import FactForm, SendForm
from kefu.purchasing.models import PurchaseOrder
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.views.places import ARRIVING, person, unprocessable, way

VIEW, ACT, COUNT = PurchasingPermission.PLAN_VIEW, PurchasingPermission.PLAN_ACT, PurchasingPermission.COUNT


@needs(*ARRIVING)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The orders within reach, newest first; those of a state, or those that are late."""
    user, at, state = person(request), now(request), request.GET.get("state", "")
    rows = queries.orders_listed(user, {"state": state}, at)
    keyset = Keyset(rows, order=("-id",), cursor=request.GET.get("after"))
    choices = [("", _("全部")), (queries.LATE, _("逾期")), *OrderState.choices]
    context = {
        "keyset": keyset, "rows": [(one, queries.amount_of(one)) for one in keyset.rows], "way": way(user, "orders"),
        "today": timezone.localdate(at), "open_states": OPEN_ORDERS,
        "states": [{"url": f"?state={code}", "label": label, "pressed": state == code} for code, label in choices],
        "export_url": export_url(request, "purchasing.orders"),
    }  # fmt: skip
    return page(request, "purchasing/orders.html", context, partial="rows")


def _url(order: PurchaseOrder) -> str:
    return reverse("purchasing:order", args=[order.pk])


def _order(request: HttpRequest, pk: int) -> PurchaseOrder:
    return get_object_or_404(queries.orders_listed(person(request), {}, now(request)), pk=pk)


def _page(request: HttpRequest, order: PurchaseOrder, wrong: KefuForm | None = None) -> HttpResponse:
    user, at = person(request), now(request)
    node, today, open_now = order.warehouse.node_id, timezone.localdate(at), order.state in OPEN_ORDERS
    may_act = open_now and allowed(user, ACT, node_id=node)
    forms: dict[str, KefuForm] = {
        "send_form": SendForm(auto_id="send_%s", initial={"to": order.supplier.email}),
        "fact_form": FactForm(auto_id="fact_%s", initial={"on": today}),
    }
    if wrong is not None:
        forms |= {name: wrong for name, form in forms.items() if type(form) is type(wrong)}
    sendings = list(queries.sendings_of(order))
    context = forms | {
        "order": order, "rows": queries.rows_of(order), "amount": queries.amount_of(order), "may_act": may_act,
        "facts": list(queries.facts_of(order)), "sendings": sendings, "late": open_now and order.expected_on < today,
        "unsent": bool(sendings) and sendings[0].message.state in STOPPED,
        "deliveries": order.deliveries.order_by("pk"), "may_count": open_now and allowed(user, COUNT, node_id=node),
    }  # fmt: skip
    return page(request, "purchasing/order.html", context)


@needs(*ARRIVING)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """An order with what was delivered, how it was sent, and what became known of it."""
    return _page(request, _order(request, pk))


@needs(ACT)
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Mail the order to the supplier."""
    one = _order(request, pk)
    form = SendForm(request.POST, auto_id="send_%s")
    if not form.is_valid():
        return unprocessable(_page(request, one, form))
    return act(
        request,
        lambda: actions.send_order(order=one, to=form.cleaned_data["to"], by=person(request), at=now(request)),
        success=_("采购单已交邮件发送，发出后自动记下"), to=_url(one), form=form, render=lambda: _page(request, one, form),
    )  # fmt: skip


@needs(ACT)
@require_POST
def fact(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep what became known."""
    one = _order(request, pk)
    form = FactForm(request.POST, auto_id="fact_%s")
    if not form.is_valid():
        return unprocessable(_page(request, one, form))
    known = Known(**form.cleaned_data | {"kind": FactKind(form.cleaned_data["kind"])})
    return act(
        request,
        lambda: actions.record_fact(order=one, known=known, by=person(request), at=now(request)),
        success=_("已记下"), to=_url(one), form=form, render=lambda: _page(request, one, form),
    )  # fmt: skip


@needs(ACT)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    """No more will come of it."""
    one, reason = _order(request, pk), request.POST.get("reason", "")[:200]
    return act(
        request,
        lambda: actions.close_order(order=one, reason=reason, by=person(request), at=now(request)),
        success=_("采购单已关闭"), to=_url(one),
    )  # fmt: skip


@needs(*ARRIVING)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print the order."""
    one = _order(request, pk)
    return act(
        request,
        lambda: print_document(
            code=KIND, subject=Subject(KIND, one.pk), customer_id=None, by=person(request), at=now(request)
        ),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )


@needs(VIEW)
@require_GET
def comparison(request: HttpRequest) -> HttpResponse:
    """Orders against sales of the last seven days, and what falls short."""
    user, at = person(request), now(request)
    rows = list(queries.compared(list(queries.compared_listed(user, {}, at)), user, at))
    short = request.GET.get("show") == "short"
    context = {
        "rows": [row for row in rows if row.short or not short], "short": sum(row.short > 0 for row in rows),
        "way": way(user, "comparison"), "export_url": export_url(request, "purchasing.compared"),
        "options": [
            {"url": "?", "label": _("全部产品"), "pressed": not short},
            {"url": "?show=short", "label": _("只看缺货"), "pressed": short},
        ],
    }  # fmt: skip
    return page(request, "purchasing/comparison.html", context)
