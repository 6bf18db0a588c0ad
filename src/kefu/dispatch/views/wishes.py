"""Customers' shipping wishes and the department's replies (STK-025)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.dispatch import actions, queries
from kefu.dispatch.choices import WishState
from kefu.dispatch.forms import NoteForm, WishForm
from kefu.dispatch.models import Wish
from kefu.dispatch.views.reaching import REGISTER, VIEW, again
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.stock.views.places import person

SEEN = (VIEW, SalesPermission.ENTER)


@needs(*SEEN)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Shipping wishes within reach, newest first."""
    user, asked = person(request), {"state": request.GET.get("state", "")}
    words = {"": _("全部")} | dict(WishState.choices)
    keyset = Keyset(queries.wishes_listed(user, asked, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = asked | {
        "keyset": keyset,
        "at": now(request),
        "options": [
            Option(words[one], f"?state={one}", pressed=asked["state"] == one) for one in ("", *WishState.values)
        ],
        "may_ask": allowed(user, SalesPermission.ENTER),
        "export_url": export_url(request, "dispatch.wishes", **asked),
    }
    return page(request, "dispatch/wishes.html", context, partial="rows")


def _wish(request: HttpRequest, pk: int) -> Wish:
    return get_object_or_404(queries.wishes_listed(person(request), {}, now(request)), pk=pk)


def _url(wish: Wish) -> str:
    return reverse("dispatch:wish", args=[wish.pk])


@needs(SalesPermission.ENTER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Pass on what a customer wishes."""
    form = WishForm(request.POST or None, initial={"order": request.GET.get("order", "")})

    def render() -> HttpResponse:
        return page(request, "dispatch/wish_new.html", {"form": form})

    if request.method == "GET":
        return render()
    if not form.is_valid():
        return again(render())
    given = dict(form.cleaned_data)
    number = given.pop("order").strip().upper()
    mine = Purchase.objects.visible_to(person(request), SalesPermission.ENTER).select_related("customer")
    purchase = mine.filter(number=number).first()
    if purchase is None:
        form.add_error("order", _("没有这个购买单号，或者不是您的客户"))
        return again(render())
    return act(
        request, lambda: actions.ask_wish(purchase=purchase, **given, by=person(request), at=now(request)),
        success=_("已转给发货部"), to=_url, form=form, render=render,
    )  # fmt: skip


def _page(request: HttpRequest, wish: Wish, form: NoteForm | None = None) -> HttpResponse:
    user = person(request)
    answers = allowed(user, REGISTER, node_id=wish.warehouse.node_id)
    sells = allowed(user, SalesPermission.ENTER, customer=wish.purchase.customer)
    notes = list(wish.notes.select_related("by", "reading__by"))
    other = "customer" if answers else "department"
    context = {
        "wish": wish,
        "notes": notes,
        "late": wish.state == WishState.OPEN and wish.answer_by < now(request),
        "may_answer": answers,
        "may_say": sells,
        "may_read": (answers or sells) and any(note.side == other and not hasattr(note, "reading") for note in notes),
        "may_pass_on": sells and wish.state == WishState.ANSWERED,
        "form": form or NoteForm(),
    }
    return page(request, "dispatch/wish.html", context)


@needs(*SEEN)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said on both sides, and who has read it."""
    return _page(request, _wish(request, pk))


def _says(request: HttpRequest, pk: int, verb: Callable[..., Wish], said: object) -> HttpResponseBase:
    wish, form = _wish(request, pk), NoteForm(request.POST)

    def render() -> HttpResponse:
        return _page(request, wish, form)

    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: verb(wish=wish, **form.cleaned_data, by=person(request), at=now(request)), success=said, to=_url(wish),
        form=form, render=render,
    )  # fmt: skip


@needs(SalesPermission.ENTER)
@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The customer says something more."""
    return _says(request, pk, actions.say_more, _("已转给发货部"))


@needs(REGISTER)
@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The department replies."""
    return _says(request, pk, actions.reply, _("已回复，请对方告诉客户"))


@needs(*SEEN)
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the other side said was read."""
    wish = _wish(request, pk)
    return act(
        request,
        lambda: actions.read_notes(wish=wish, by=person(request), at=now(request)),
        success=_("已记下看过"),
        to=_url(wish),
    )


@needs(SalesPermission.ENTER)
@require_POST
def pass_on(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The customer was told."""
    wish = _wish(request, pk)
    return act(
        request,
        lambda: actions.pass_on(wish=wish, by=person(request), at=now(request)),
        success=_("已记下告诉客户了"),
        to=_url(wish),
    )
