"""Requests for a booking: what waits, one of them, and the answers (APT-001, APT-004, APT-012, APT-013)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.actions.requests import KIND
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import ANSWERABLE, Channel
from kefu.appointments.forms.requests import AnswerForm, RequestForm
from kefu.appointments.limits import REQUEST_HOURS
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.requests import requests_waiting
from kefu.appointments.views.answering import Chosen, chosen_times
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.views.details import revealed
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.foundation.ui.inputs import Option
from kefu.kernel.ids import parse_number
from kefu.kernel.phones import mask, show

PEOPLE = ("customer", "doctor", "node", "about")


@needs(AppointmentPermission.BOOK)
def requests(request: StaffRequest) -> HttpResponse:
    """The requests that wait, the earliest due first; with `all` every one, the newest first."""
    everything = request.GET.get("show") == "all"
    options = [
        Option(_("待办"), "?", pressed=not everything),
        Option(_("全部"), "?show=all", pressed=everything),
    ]
    context: dict[str, object] = {
        "options": options,
        "everything": everything,
        "hours": REQUEST_HOURS.on(request.at, node_id=request.user.node_id),
    }
    context["export_url"] = export_url(request, "appointments.requests")
    if everything:
        rows = AppointmentRequest.objects.visible_to(request.user, AppointmentPermission.BOOK).select_related(*PEOPLE)
        keyset = Keyset(rows, ("-id",), cursor=request.GET.get("after"))
        context |= {"requests": keyset.rows, "keyset": keyset}
    else:
        context["requests"] = requests_waiting(request.user, request.at)
    return page(request, "appointments/requests.html", context)


@needs(AppointmentPermission.BOOK)
def waiting(request: StaffRequest) -> HttpResponse:
    """The card of what waits, for pages that fetch it anew when something changed."""
    return page(request, "appointments/requests_waiting.html", {"requests": requests_waiting(request.user, request.at)})


@needs(AppointmentPermission.BOOK)
def new(request: StaffRequest) -> HttpResponseBase:
    """Enter a request that came by telephone, WeChat or another way; of a customer, or of somebody new."""
    seen = Customer.objects.visible_to(request.user)
    asked = request.GET.get("customer")
    customer = get_object_or_404(seen, pk=parse_number(asked) or 0) if asked else None
    nodes = nodes_for(request.user, AppointmentPermission.BOOK)
    initial = {"node": customer.node_id, "doctor": customer.doctor_id} if customer else {"node": request.user.node_id}
    form = RequestForm(
        request.POST or None, nodes=nodes, doctors=doctors_of(nodes), known=customer is not None, initial=initial
    )

    def render() -> HttpResponse:
        return page(request, "appointments/request_new.html", {"form": form, "customer": customer})

    if request.method != "POST":
        return render()
    if not form.is_valid():
        response = render()
        response.status_code = 422
        return response
    data = form.cleaned_data
    who = Asker(customer) if customer else Asker(None, data["name"], data["sex"], data["phone"], data["email"])
    wish = Wish(data["type"], data["node"], data["doctor"], data["wished"], data["wish"])
    return act(
        request,
        lambda: actions.ask(who=who, wish=wish, channel=Channel(data["channel"]), by=request.user, at=request.at),
        success=_("申请已登记，答复期限开始计时。"), to=_url, form=form, render=render,
    )  # fmt: skip


@needs(AppointmentPermission.BOOK)
def request_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One request: who asks for what, until when, and the answers."""
    shown = _get(request, pk)
    if shown.customer_id is not None:
        record_read("appointments.request.read", by=request.user, at=request.at, customer_id=shown.customer_id, node_id=shown.node_id,
                    subject=Subject(KIND, shown.pk))  # fmt: skip
    return _page(request, shown)


def _page(request: StaffRequest, shown: AppointmentRequest, form: AnswerForm | None = None) -> HttpResponse:
    open_to_answer = shown.state in ANSWERABLE
    context = {
        "shown": shown,
        "late": shown.late(request.at),
        "steps": shown.steps.select_related("by"),
        "chosen": chosen_times(request, shown) if open_to_answer else None,
        "answerable": open_to_answer,
        "masked": mask(shown.phone) if shown.phone else "",
        "may_reveal": allowed(request.user, CustomerPermission.CONTACT_REVEAL, node_id=shown.node_id),
        "form": form,
    }
    return page(request, "appointments/request.html", context)


@require_POST
@needs(AppointmentPermission.BOOK)
def booking(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Give the request one time."""

    def run(shown: AppointmentRequest) -> Appointment:
        time = Chosen.read(request.POST.getlist("time")[:1]).single()
        read_back = request.POST.get("read_back") == "on"
        return actions.accept(
            request=shown, doctor=time.doctor, start=time.start, read_back=read_back, by=request.user, at=request.at
        )

    return _answer(request, pk, run, _("已约好，时段已占用。"))


@require_POST
@needs(AppointmentPermission.BOOK)
def offers(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Tell the customer other times."""

    def run(shown: AppointmentRequest) -> object:
        times = Chosen.read(request.POST.getlist("time")).times
        return actions.offer(request=shown, times=times, by=request.user, at=request.at)

    return _answer(request, pk, run, _("备选时间已发给客户，等客户选。"))


@require_POST
@needs(AppointmentPermission.BOOK)
def refusal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """End the request without a booking."""
    reason = request.POST.get("reason", "")
    return _answer(request, pk, lambda shown: actions.decline(request=shown, reason=reason, by=request.user, at=request.at),
                   _("已结束这个申请。"))  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def withdrawal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer takes the request back."""
    reason = request.POST.get("reason", "")
    return _answer(request, pk, lambda shown: actions.withdraw(request=shown, reason=reason, by=request.user, at=request.at),
                   _("已按客户的意思撤回。"))  # fmt: skip


@require_POST
@needs(CustomerPermission.CONTACT_REVEAL)
def phone(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the number the request came from for some seconds; who, when and what for is written first (SEC-003)."""
    shown = _get(request, pk)
    return revealed(
        request, mask(shown.phone), _("电话"), reverse("appointments:request_phone", args=[shown.pk]),
        lambda purpose: show(actions.reveal_phone(request=shown, purpose=purpose, by=request.user, at=request.at)),
    )  # fmt: skip


def _answer(
    request: StaffRequest, pk: int, run: Callable[[AppointmentRequest], object], success: str
) -> HttpResponseBase:
    shown, form = _get(request, pk), AnswerForm({})
    form.is_valid()
    return act(request, lambda: run(shown), success=success, to=lambda _done: _url(shown), form=form,
               render=lambda: _page(request, _get(request, pk), form))  # fmt: skip


def _get(request: StaffRequest, pk: int) -> AppointmentRequest:
    rows = AppointmentRequest.objects.visible_to(request.user, AppointmentPermission.BOOK)
    related = (*PEOPLE, "about__doctor", "appointment__doctor", "by")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _url(shown: AppointmentRequest) -> str:
    return reverse("appointments:request", args=[shown.pk])
