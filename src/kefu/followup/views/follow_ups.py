"""Pages of follow-ups: what is due, one contact, and the ways out."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.customers.models import Customer
from kefu.followup import actions
from kefu.followup.actions.contacts import KIND
from kefu.followup.bulk import FOLLOWUPS, due_to
from kefu.followup.choices import FollowUpKind
from kefu.followup.forms import ContactForm, DayForm, DueForm
from kefu.followup.models import FollowUp
from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.lists.shown import Shown
from kefu.foundation.ui.http import act, page
from kefu.foundation.ui.inputs import Option
from kefu.foundation.worktime.choices import GuardKind
from kefu.foundation.worktime.queries import calling_times
from kefu.messaging.choices import ContactChannel, Outcome
from kefu.messaging.queries import contacts_about


@needs(FollowUpPermission.VIEW)
def due(request: StaffRequest) -> HttpResponse:
    """Customers to contact, filtered by due date and kind, the earliest first (FUP-006)."""
    shown = Shown(request, FOLLOWUPS)
    if shown.opening:
        return redirect(f"{reverse('followup:due')}{shown.opening}")
    until, kind = due_to(request.GET, request.at), request.GET.get("kind", "")
    kinds = [("", _("全部")), *FollowUpKind.choices]
    options = [Option(label, shown.narrowed(kind=code), pressed=kind == code) for code, label in kinds]
    context = {
        "list": shown,
        "form": DueForm(initial={"due_to": until}),
        "until": until,
        "options": options,
        "guard": _guard(request),
    }
    return page(request, "followup/due.html", context)


def _guard(request: StaffRequest) -> str:
    """A warning when customers are not to be called now, with the best times (FUP-002)."""
    now = timezone.localtime(request.at).time()
    if not any(
        opens <= now < closes or (closes < opens and now >= opens) for opens, closes in calling_times(GuardKind.AVOID)
    ):
        return ""
    best = "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in calling_times(GuardKind.BEST))
    return _("现在不宜打电话，最好在 %(best)s。") % {"best": best}


@needs(FollowUpPermission.VIEW)
def follow_up(request: StaffRequest, pk: int) -> HttpResponse:
    """One planned contact: why, when, what came of earlier tries."""
    shown = _get(request, pk)
    record_read("followup.plan.read", by=request.user, at=request.at, customer_id=shown.customer_id, subject=Subject(KIND, shown.pk),
                node_id=shown.customer.node_id)  # fmt: skip
    return _page(request, shown)


def _page(request: StaffRequest, shown: FollowUp, **forms: object) -> HttpResponse:
    context = {
        "follow_up": shown,
        "moves": shown.moves.select_related("by"),
        "contacts": contacts_about(KIND, shown.pk).select_related("by"),
        "form": ContactForm(initial={"channel": ContactChannel.PHONE, "outcome": Outcome.REACHED}),
        "day_form": DayForm(),
        "guard": _guard(request),
    }
    return page(request, "followup/follow_up.html", context | forms)


@require_POST
@needs(FollowUpPermission.CONTACT)
def contacts(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Record a contact."""
    shown = _get(request, pk)
    form = ContactForm(request.POST)

    def show() -> HttpResponse:
        return _page(request, shown, form=form)

    if not form.is_valid():
        return show()
    data = form.cleaned_data
    return act(
        request,
        lambda: actions.log_contact(follow_up=shown, outcome=Outcome(data["outcome"]), note=data["note"], channel=ContactChannel(data["channel"]),
                                    again_on=data["again_on"], by=request.user, at=request.at),
        success=_("已记下，客户时间线上能看到。"), to=_url(shown), form=form, render=show,
    )  # fmt: skip


@require_POST
@needs(FollowUpPermission.CONTACT)
def day(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Move a contact to another day."""
    shown = _get(request, pk)
    form = DayForm(request.POST)

    def show() -> HttpResponse:
        return _page(request, shown, day_form=form)

    if not form.is_valid():
        return show()
    return act(request, lambda: actions.reschedule(follow_up=shown, **form.cleaned_data, by=request.user, at=request.at),
               success=_("已改期。"), to=_url(shown), form=form, render=show)  # fmt: skip


@require_POST
@needs(FollowUpPermission.CONTACT)
def taking(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a contact on."""
    shown = _get(request, pk)
    return act(
        request,
        lambda: actions.take(follow_up=shown, by=request.user, at=request.at),
        success=_("这次回访由您来办。"),
        to=_url(shown),
    )


@require_POST
@needs(FollowUpPermission.CONTACT)
def stopping(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Do not make this contact."""
    shown = _get(request, pk)
    return act(request, lambda: actions.stop(follow_up=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("这次回访已停止。"), to=_url(shown))  # fmt: skip


@require_POST
@needs(FollowUpPermission.CONTACT)
def stopping_all(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The customer wants no more calls."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=customer_id)
    return act(request, lambda: actions.stop_all(customer=customer, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("已停止全部回访安排。"), to=reverse("customers:page", args=[customer_id]))  # fmt: skip


def _get(request: StaffRequest, pk: int) -> FollowUp:
    rows = FollowUp.objects.visible_to(request.user).select_related(
        "customer__node", "customer__doctor", "customer__health_manager", "taken_by"
    )
    return get_object_or_404(rows, pk=pk)


def _url(shown: FollowUp) -> str:
    return reverse("followup:follow_up", args=[shown.pk])
