"""`/departures/`: somebody leaves; what he or she holds goes to others, the list is ticked, the account closes (ORG-016)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.permissions import AdministrationPermission
from kefu.administration.views.editing import edit
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import scope
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.organisation.models import User
from kefu.people import actions
from kefu.people.actions.handing_over import Handed
from kefu.people.forms.departures import DepartureForm, NewDepartureForm, PeriodForm
from kefu.people.models import Departure
from kefu.people.permissions import PeoplePermission
from kefu.people.presentation import departure_status
from kefu.people.queries.departures import departures_listed, leaving_counts, offered, still_held

VIEW, ARRANGE, DECIDE = (
    PeoplePermission.LEAVING_VIEW,
    PeoplePermission.LEAVING_ARRANGE,
    PeoplePermission.LEAVING_DECIDE,
)

ASKING: Callable[..., object] = actions.ask_to_take_over
WAYS: dict[str, Callable[..., object]] = {"direct": actions.hand_over_at_once, "release": actions.release_held}


@needs(VIEW, DECIDE)
@require_GET
def departure_list(request: StaffRequest) -> HttpResponse:
    """Departures in which something is still to be done; `?done=1` shows the others."""
    done = bool(request.GET.get("done"))
    order = ("-last_day", "-pk") if done else ("last_day", "pk")
    keyset = Keyset(
        departures_listed(request.user, request.GET, request.at), order, cursor=request.GET.get("after", "")
    )
    labels = (_("姓名"), _("机构"), _("离职原因"), _("最后一天"), _("状态"))
    context = {
        "keyset": keyset, "rows": [(one, departure_status(one)) for one in keyset.rows], "columns": [{"label": one} for one in labels],
        "options": [{"url": "?", "label": _("办理中"), "pressed": not done}, {"url": "?done=1", "label": _("已办完"), "pressed": done}],
        "may_arrange": allowed(request.user, ARRANGE), "export_url": export_url(request, "people.departures"),
    }  # fmt: skip
    return page(request, "people/departures.html", context)


@needs(ARRANGE)
@require_http_methods(["GET", "POST"])
def departure_new(request: StaffRequest) -> HttpResponseBase:
    """Say that somebody leaves; `?user=` chooses who."""
    reached = User.objects.filter(scope(request.user, ARRANGE, node="node_id"), is_active=True, is_system=False)
    form = NewDepartureForm(
        request.POST or None, people=reached.order_by("job_number"), initial={"user": request.GET.get("user", "")}
    )
    context = {
        "title": _("办理离职"),
        "note": _("登记原因和最后一天，然后把他手上的事交给同事。"),
        "submit": _("开始办理"),
        "cancel_url": reverse("people:departures"),
    }
    return edit(
        request, form, "administration/form.html", context=context, success=_("已登记，请移交他手上的事。"), to=_page_of,
        run=lambda: actions.open_departure(**form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(VIEW, DECIDE)
@require_http_methods(["GET", "POST"])
def departure_detail(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One departure: why, what is still held, the list, the account."""
    departure = _departure(request, pk)
    form = DepartureForm(request.POST or None, departure=departure)
    return edit(
        request, form, "people/departure.html", context=_context(request, departure), success=_("已保存。"),
        to=_page_of(departure),
        run=lambda: actions.change_departure(departure=departure, **form.cleaned_data, by=request.user, at=request.at),
    )  # fmt: skip


@needs(ARRANGE, DECIDE)
@require_POST
def handovers(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Hand over what was ticked: `way` is ask, direct or release."""
    departure, way = _departure(request, pk), request.POST.get("way", "")
    takers = list(User.objects.filter(pk__in=_numbers(request, "takers")).order_by("job_number"))
    given = {
        "departure": departure, "code": request.POST.get("code", ""), "ids": _ticked(request, departure),
        "reason": request.POST.get("reason", "") or _("离职移交"), "by": request.user, "at": request.at,
    }  # fmt: skip
    verb, whom = WAYS.get(way, ASKING), {} if way == "release" else {"takers": takers}
    return act(
        request, lambda: verb(**given, **whom), success=lambda result: _told(request, result), to=_page_of(departure)
    )


@needs(ARRANGE)
@require_POST
def task(request: StaffRequest, pk: int, task_id: int) -> HttpResponseBase:
    """Tick a line of the list, or with `undo` untick it."""
    departure = _departure(request, pk)
    line = get_object_or_404(departure.tasks.select_related("departure"), pk=task_id)
    done, note = not request.POST.get("undo"), request.POST.get("note", "")
    return act(
        request,
        lambda: actions.tick_task(task=line, done=done, note=note, by=request.user, at=request.at),
        success=_("已记下。"),
        to=_page_of(departure),
    )


@needs(DECIDE)
@require_POST
def waiver(request: StaffRequest, pk: int) -> HttpResponseBase:
    """A director lets the account be closed although something is held."""
    return _reasoned(request, pk, actions.waive_handing_over, _("已放行，最后一天晚上关闭账号。"))


@needs(ARRANGE)
@require_POST
def closing(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Close the account now, on the last day or later."""
    departure = _departure(request, pk)
    return act(
        request,
        lambda: actions.close_account(departure=departure, by=request.user, at=request.at),
        success=_("账号已关闭，正在用的页面马上退出。"),
        to=_page_of(departure),
    )


@needs(ARRANGE)
@require_POST
def cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The person stays after all."""
    return _reasoned(request, pk, actions.cancel_departure, _("离职已撤销。"))


@needs(VIEW, DECIDE)
@require_GET
def statistics(request: StaffRequest) -> HttpResponse:
    """How many left, by reason, month and place; this year so far, unless `?first=&last=&node=` say otherwise."""
    today, form = timezone.localdate(request.at), PeriodForm(request.GET or None)
    given = form.cleaned_data if form.is_valid() else {}
    first, last = given.get("first") or date(today.year, 1, 1), given.get("last") or date(today.year, 12, 31)
    shown = form if request.GET else PeriodForm(initial={"first": first, "last": last})
    counts = leaving_counts(request.user, first, last, given.get("node"))
    context = {"counts": counts, "form": shown, "first": first, "last": last}
    return page(
        request, "people/departure_statistics.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _reasoned(request: StaffRequest, pk: int, verb: Callable[..., object], success: str) -> HttpResponseBase:
    departure, reason = _departure(request, pk), request.POST.get("reason", "")
    return act(
        request,
        lambda: verb(departure=departure, reason=reason, by=request.user, at=request.at),
        success=success,
        to=_page_of(departure),
    )


def _told(request: StaffRequest, result: object) -> str:
    """What went, and in warnings why the rest did not."""
    if not isinstance(result, Handed):
        return _("已请同事接手，对方接受后生效。")
    for why, many in result.refusals.items():
        messages.warning(request, _("%(count)s 项没移交成：%(why)s") % {"count": many, "why": why})
    return _("已移交 %(count)s 项。") % {"count": result.done} if result.done else ""


def _ticked(request: StaffRequest, departure: Departure) -> list[int]:
    """What was ticked one by one, and, with `unseen`, what the page did not list."""
    ids = _numbers(request, "ids")
    if not request.POST.get("unseen"):
        return ids
    held = still_held(departure, request.user, request.at)
    one = next((one for one in held if one.holding.code == request.POST.get("code")), None)
    listed = {thing.id for thing in one.shown} if one else set()
    return ids + [pk for pk in one.ids if pk not in listed] if one else ids


def _numbers(request: StaffRequest, name: str) -> list[int]:
    return [int(one) for one in request.POST.getlist(name) if one.isdecimal() and len(one) < 19]


def _departure(request: StaffRequest, pk: int) -> Departure:
    rows = Departure.objects.visible_to(request.user).select_related("user", "node", "opened_by", "waived_by")
    return get_object_or_404(rows, pk=pk)


def _page_of(departure: Departure) -> str:
    return reverse("people:departure", args=[departure.pk])


def _context(request: StaffRequest, departure: Departure) -> dict[str, object]:
    user, today = request.user, timezone.localdate(request.at)
    held = still_held(departure, user, request.at) if departure.running else []
    leaving = {departure.user_id, *Departure.objects.running().values_list("user_id", flat=True)}
    takers = {
        one.holding.code: [
            able for able in one.holding.takers(departure.user).order_by("job_number") if able.pk not in leaving
        ]
        for one in held
        if one.holding.takers
    }
    return {
        "departure": departure, "status": departure_status(departure), "held": [(one, takers.get(one.holding.code, ())) for one in held],
        "held_count": sum(one.count for one in held), "offered": offered(departure), "tasks": departure.tasks.select_related("done_by"),
        "may_arrange": departure.running and allowed(user, ARRANGE, node_id=departure.node_id),
        "may_decide": departure.running and allowed(user, DECIDE, node_id=departure.node_id),
        "may_close": departure.closed_at is None and departure.last_day <= today and allowed(user, AdministrationPermission.USER_EDIT),
    }  # fmt: skip
