"""What the pages of products, test items and packages share: price, history, review."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, now
from kefu.organisation.models import User
from kefu.products.actions import change_price, confirm_content
from kefu.products.content import disclaimer
from kefu.products.forms import PriceForm, ReviewForm
from kefu.products.models import Package, Product, TestItem
from kefu.products.permissions import ProductsPermission

E = TypeVar("E", Product, TestItem, Package)
HISTORY = 20
Show = Callable[..., HttpResponse]


def person(request: HttpRequest) -> User:
    """Who asks; the login middleware lets nobody else through."""
    return cast(User, request.user)


def common(request: HttpRequest, entry: Product | TestItem | Package) -> dict[str, object]:
    """The part of the context that every entry's page needs."""
    return {
        "entry": entry,
        "may_edit": allowed(person(request), ProductsPermission.CATALOGUE_EDIT),
        "history": entry.price_changes.select_related("by")[:HISTORY],
        "disclaimer": disclaimer(get_language() or "") if entry.demonstration else "",
        "price_form": PriceForm(),
        "review_form": ReviewForm(),
    }


def unprocessable(answer: HttpResponse) -> HttpResponse:
    """The page again, with what is wrong."""
    answer.status_code = 422
    return answer


def set_price(request: HttpRequest, entry: E, to: str, show: Show) -> HttpResponseBase:
    """Change an entry's price from the form on its page."""
    form = PriceForm(request.POST)
    if not form.is_valid():
        return unprocessable(show(price_form=form))
    given = form.cleaned_data
    return act(
        request,
        lambda: change_price(
            entry=entry, price=given["price"], reason=given["reason"], by=person(request), at=now(request)
        ),
        success=_("价格已改，以前的单子不变"),
        to=to,
        form=form,
        render=lambda: show(price_form=form),
    )


def confirm(request: HttpRequest, entry: E, to: str, show: Show) -> HttpResponseBase:
    """Take the mark "demonstration data" off an entry."""
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return unprocessable(show(review_form=form))
    return act(
        request,
        lambda: confirm_content(entry=entry, reason=form.cleaned_data["reason"], by=person(request), at=now(request)),
        success=_("已标为医师审核过的内容"),
        to=to,
        form=form,
        render=lambda: show(review_form=form),
    )


def save(
    request: HttpRequest, form: KefuForm, write: Callable[[], object], to: str, show: Callable[[], HttpResponse]
) -> HttpResponseBase:
    """Run the action behind an edit form, or show the form again."""
    if not form.is_valid():
        return unprocessable(show())
    return act(request, write, success=_("已保存"), to=to, form=form, render=show)
