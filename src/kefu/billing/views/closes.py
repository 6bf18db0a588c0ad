"""Closing the day of a desk, confirming what a colleague counted, opening a day again."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.billing.actions import close_day, confirm_close, reopen_day
from kefu.billing.actions.closing import KIND
from kefu.billing.closing_forms import CloseForm, ReopenForm, fields_of
from kefu.billing.documents import DAY_CLOSE
from kefu.billing.models import DayClose, Desk
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import (
    closes_listed,
    day_to_close,
    desks_closed_by,
    desks_to_close,
    expected_of,
    float_of,
    keeps_books,
    receipt_numbers,
    unfinished,
)
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.queries import prints_of
from kefu.foundation.ui.http import Keyset, act, page

VIEW, CLOSE = BillingPermission.DAY_VIEW, BillingPermission.DAY_CLOSE


@needs(VIEW)
@require_GET
def listing(request: StaffRequest) -> HttpResponse:
    """The desks that have a day to close, and the closes, the newest first."""
    user = request.user
    context = {
        "keyset": Keyset(closes_listed(user, request.GET, request.at), order=("-id",), cursor=request.GET.get("after")),
        "desks": Desk.objects.visible_to(user).select_related("node"),
        "desk": request.GET.get("desk", ""),
        "show": request.GET.get("show", ""),
        "open_desks": desks_to_close(user, request.at, today=True) if allowed(user, CLOSE) else [],
        "today": timezone.localdate(request.at),
        "export_url": export_url(request, "billing.day_closes"),
    }
    return page(request, "billing/closes.html", context, partial="rows")


@needs(CLOSE)
@require_http_methods(["GET", "POST"])
def closing(request: StaffRequest, desk_id: int) -> HttpResponseBase:
    """What a desk should hold for the day whose turn it is, and the form that counts it."""
    desk = get_object_or_404(desks_closed_by(request.user), pk=desk_id)
    day, left, waiting = day_to_close(desk, request.at), float_of(desk), list(unfinished(desk))
    sent = request.POST if request.method == "POST" else None
    form = CloseForm(sent, day=day, first_time=left is None, waiting=bool(waiting))

    def shown(status: int = 200) -> HttpResponse:
        context = {
            "desk": desk, "day": day, "float": left, "form": form, "expected": expected_of(desk, day), "waiting": waiting,
            "may_close": day <= timezone.localdate(request.at), "numbers": receipt_numbers(desk, day),
            "notes": fields_of(form, ["note_"]), "others": fields_of(form, ["amount_", "slips_"]),
            "rest": fields_of(form, ["opening", "left", "reason", "carry"]),
        }  # fmt: skip
        return page(request, "billing/close_new.html", context, status=status)

    if sent is None:
        return shown()
    if not form.is_valid():
        return shown(422)
    data = form.cleaned_data
    return act(
        request,
        lambda: close_day(
            desk=desk, counted=form.counted(), day=data["day"], reason=data["reason"], carry=data.get("carry", False), by=request.user, at=request.at
        ),
        success=lambda made: _("已日结 %(number)s") % {"number": made.number},
        to=lambda made: reverse("billing:close", args=[made.pk]),
        form=form,
        render=shown,
    )  # fmt: skip


@needs(VIEW)
@require_GET
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A day close: book and count by way of paying, the drawer, who confirmed, and the way to open the day again."""
    return _page(request, _close(request, pk), ReopenForm())


@needs(CLOSE)
@require_POST
def confirmation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Confirm what a colleague counted, and take the float over."""
    close = _close(request, pk)
    return act(
        request,
        lambda: confirm_close(close=close, by=request.user, at=request.at),
        success=_("已确认接班"),
        to=reverse("billing:close", args=[close.pk]),
    )


@needs(CLOSE)
@require_POST
def reopening(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Open a closed day again, for a reason."""
    close, form = _close(request, pk), ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, close, form, 422)
    return act(
        request,
        lambda: reopen_day(close=close, reason=form.cleaned_data["reopened_why"], by=request.user, at=request.at),
        success=_("已重开，请重新日结"),
        to=reverse("billing:close", args=[close.pk]),
        form=form,
        render=lambda: _page(request, close, form),
    )


@needs(VIEW)
@require_POST
def printout(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Print the sheet of a day close."""
    close = _close(request, pk)
    return act(
        request,
        lambda: print_document(
            code=DAY_CLOSE, subject=Subject(KIND, close.pk), customer_id=None, by=request.user, at=request.at
        ),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )


def _close(request: StaffRequest, pk: int) -> DayClose:
    return get_object_or_404(closes_listed(request.user, {}, request.at), pk=pk)


def _page(request: StaffRequest, close: DayClose, form: ReopenForm, status: int = 200) -> HttpResponse:
    user, node_id = request.user, close.desk.node_id
    may = allowed(user, CLOSE, node_id=node_id)
    context = {
        "close": close, "cash": close.cash.all(), "numbers": receipt_numbers(close.desk, close.day), "form": form,
        "may_confirm": may and close.confirmed_at is None and close.reopened_at is None and close.by_id != user.pk,
        "may_reopen": may and close.reopened_at is None and keeps_books(user, node_id),
        "prints": prints_of(DAY_CLOSE, KIND, close.pk)[:5],
    }  # fmt: skip
    return page(request, "billing/close.html", context, status=status)
