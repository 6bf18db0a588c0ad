"""The waitlist on the customers' own pages: put oneself on it, and answer when a time is kept (APT-004, APT-013)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.appointments.asked import WaitWish
from kefu.appointments.limits import WAITLIST_HOURS
from kefu.appointments.models import WaitlistEntry
from kefu.appointments.queries.waitlist import later_visit, open_place
from kefu.appointments.wording import wait_words
from kefu.customers.models import Customer
from kefu.foundation.ui.http import now, put_errors
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.ids import parse_number
from kefu.messaging.composing import place_values
from kefu.organisation.queries import SYSTEM, system_user
from kefu.portal import actions
from kefu.portal.forms import WaitForm
from kefu.portal.inside import customers_only, show
from kefu.portal.models import Visit
from kefu.portal.queries.mine import privacy_notice, waits_of
from kefu.portal.views.booking import chosen_in

TWO_WEEKS = timedelta(days=13)


@customers_only
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, visit: Visit, customer: Customer | None) -> HttpResponseBase:
    """Which days one waits for, for the item, the centre and the doctor chosen before."""
    at, chosen = now(request), chosen_in(request, customer)
    if chosen.item is None or chosen.node is None or not chosen.who or chosen.about is not None or customer is None:
        return redirect(reverse("portal:booking") + chosen.url())
    today, notice = timezone.localdate(at), privacy_notice(customer, at)
    form = WaitForm(
        request.POST or None,
        agreed=notice is None,
        initial={"first": today + timedelta(days=1), "last": today + TWO_WEEKS},
    )
    context = {
        "visit": visit, "chosen": chosen, "form": form, "notice": notice, "hours": WAITLIST_HOURS.on(at, node_id=chosen.node.pk),
        "back": reverse("portal:booking") + chosen.url(), "call": place_values(chosen.node)["phone"],
    }  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        return show(request, "wait_new", context, status=422 if form.errors else 200)
    data = form.cleaned_data
    wish = WaitWish(chosen.item.code, chosen.node, data["first"], data["last"], chosen.doctor, data["parts"])
    try:
        made = actions.wait_for_time(
            customer=customer,
            wish=wish,
            note=data["note"],
            agreed=bool(data.get("agreed")),
            by=system_user(SYSTEM),
            at=at,
        )
    except Invalid as error:
        put_errors(form, error)
        return show(request, "wait_new", context, status=422)
    except Refused as error:
        form.add_error(None, str(error))
        return show(request, "wait_new", context, status=409)
    return redirect("portal:waiting", made.pk)


@customers_only
@require_GET
def waiting(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponse:
    """What I wait for, and the time that is kept for me."""
    return _waiting(request, visit, _entry_of(customer, pk))


@customers_only
@require_POST
def taking(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponseBase:
    """Take the time that is kept."""
    shown = _entry_of(customer, pk)
    try:
        made = actions.take_kept_time(
            customer=customer, entry=shown, place=parse_number(request.POST.get("place")), read_back=request.POST.get("read_back") == "on",
            instead=request.POST.get("instead") == "on", by=system_user(SYSTEM), at=now(request)
        )  # fmt: skip
    except Invalid:
        return _waiting(request, visit, shown, _("请核对事项和时间，没有错再打勾。"))
    except Refused as error:
        return _waiting(request, visit, _entry_of(customer, pk), error)
    return redirect("portal:appointment", made.pk)


@customers_only
@require_POST
def refusal(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponseBase:
    """Not this time; go on waiting."""
    shown = _entry_of(customer, pk)
    return _done(
        request,
        visit,
        shown,
        lambda: actions.decline_kept_time(
            customer=customer,
            entry=shown,
            place=parse_number(request.POST.get("place")),
            by=system_user(SYSTEM),
            at=now(request),
        ),
    )


@customers_only
@require_POST
def leaving(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponseBase:
    """Wait no longer."""
    shown = _entry_of(customer, pk)
    return _done(
        request,
        visit,
        shown,
        lambda: actions.stop_waiting(customer=customer, entry=shown, by=system_user(SYSTEM), at=now(request)),
    )


def _done(request: HttpRequest, visit: Visit, shown: WaitlistEntry, verb: Callable[[], None]) -> HttpResponseBase:
    try:
        verb()
    except Refused as error:
        return _waiting(request, visit, _entry_of(shown.customer, shown.pk), error)
    return redirect("portal:waiting", shown.pk)


def _waiting(request: HttpRequest, visit: Visit, shown: WaitlistEntry, wrong: object = "") -> HttpResponse:
    at = now(request)
    place = open_place(shown) if shown.waits else None
    place = place if place and place.counts(at) else None
    context = {
        "visit": visit, "shown": shown, "words": wait_words(shown, at), "place": place, "later": later_visit(place) if place else None,
        "call": place_values(shown.node)["phone"], "wrong": wrong,
    }  # fmt: skip
    return show(request, "waiting", context, status=409 if wrong else 200)


def _entry_of(customer: Customer | None, pk: int) -> WaitlistEntry:
    return get_object_or_404(waits_of(customer), pk=pk)
