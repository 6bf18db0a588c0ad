"""检验消息: what laboratories sent, what became of it, and settling what waits."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, record, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.foundation.ui.inputs import Option
from kefu.lab.actions.held_messages import dismiss, file_again
from kefu.lab.actions.laboratories import set_laboratory
from kefu.lab.actions.messages import KIND
from kefu.lab.choices import MessageState
from kefu.lab.models import Laboratory, Message
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.inbox import OPEN, inbox_listed, order_named, text_of
from kefu.lab.report_forms import FilingForm, LaboratoryForm
from kefu.lab.report_presentation import message_status
from kefu.lab.wording import explain, remedy


@require_GET
@needs(LabPermission.MESSAGE_HANDLE)
def message_list(request: StaffRequest) -> HttpResponse:
    """Messages by state, the latest first."""
    state = request.GET.get("state", "")
    keyset = Keyset(
        inbox_listed(request.user, request.GET, now(request)),
        order=("-received_at", "-id"),
        cursor=request.GET.get("after"),
    )
    rows = [(one, message_status(one.state), explain(one.reason, one.details)) for one in keyset.rows]
    url = reverse("lab:messages")
    options = [Option(_("全部"), url, pressed=state not in MessageState.values)]
    options += [
        Option(choice.label, f"{url}?state={choice.value}", pressed=state == choice.value) for choice in MessageState
    ]
    context = {"keyset": keyset, "rows": rows, "options": options, "export_url": export_url(request, "lab.messages")}
    return page(request, "lab/messages.html", context, partial="rows")


@require_GET
@needs(LabPermission.MESSAGE_HANDLE)
def message(request: StaffRequest, pk: int) -> HttpResponse:
    """One message: its text, why it waits, and what can be done."""
    shown = _get(request, pk)
    subject, at = Subject(KIND, shown.pk), now(request)
    orders = list(shown.orders.select_related("customer"))
    for order in orders:
        record_read(
            "lab.message.read",
            by=request.user,
            at=at,
            customer_id=order.customer_id,
            subject=subject,
            node_id=order.node_id,
        )
    if not orders:
        record("lab.message.read", by=request.user, at=at, subject=subject, node_id=shown.node_id, kind=Kind.READ)
    return _message_page(request, shown, FilingForm())


def _message_page(request: StaffRequest, shown: Message, form: FilingForm) -> HttpResponse:
    context = {
        "message": shown, "status": message_status(shown.state), "words": explain(shown.reason, shown.details),
        "remedy": remedy(shown.reason), "text": text_of(shown), "orders": list(shown.orders.select_related("customer")),
        "open": shown.state in OPEN, "form": form, "person": shown.reason == "other_person",
    }  # fmt: skip
    return page(request, "lab/message.html", context)


@require_POST
@needs(LabPermission.MESSAGE_HANDLE)
def filing(request: StaffRequest, pk: int) -> HttpResponseBase:
    """File a message after all."""
    shown, form = _get(request, pk), FilingForm(request.POST)
    order = None
    if form.is_valid() and form.cleaned_data["number"]:
        order = order_named(form.cleaned_data["number"], request.user)
        if order is None:
            form.add_error("number", _("没有这个检测单号或样本号，请核对"))
    if not form.is_valid():
        answer = _message_page(request, shown, form)
        answer.status_code = 422
        return answer
    data = form.cleaned_data
    return act(
        request,
        lambda: file_again(
            message=shown, order=order, person_confirmed=data["person_confirmed"], reason=data["reason"], by=request.user, at=now(request)
        ),
        success=_("已归档，报告进入审核。"), to=_url, form=form, render=lambda: _message_page(request, _get(request, pk), form),
    )  # fmt: skip


@require_POST
@needs(LabPermission.MESSAGE_HANDLE)
def dismissal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Nothing has to be done about a message."""
    shown = _get(request, pk)
    return act(
        request, lambda: dismiss(message=shown, reason=request.POST.get("reason", ""), by=request.user, at=now(request)),
        success=_("已标记为不需处理，消息仍保留。"), to=_url(shown),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(LabPermission.MESSAGE_HANDLE)
def laboratories(request: StaffRequest) -> HttpResponseBase:
    """检验室设置: how each sender writes, and its codes."""
    wanted = request.GET.get("id", "")
    chosen = Laboratory.objects.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 10 else None
    form = LaboratoryForm(request.POST or None, initial=LaboratoryForm.of(chosen))

    def show() -> HttpResponse:
        rows = Laboratory.objects.select_related("changed_by")
        return page(request, "lab/laboratories.html", {"form": form, "rows": rows, "chosen": chosen})

    if request.method != "POST" or not form.is_valid():
        answer = show()
        answer.status_code = 422 if request.method == "POST" else 200
        return answer
    return act(
        request, lambda: set_laboratory(**form.cleaned_data, by=request.user, at=now(request)),
        success=_("已保存，从下一条消息起生效。"), to=reverse("lab:laboratories"), form=form, render=show,
    )  # fmt: skip


def _get(request: StaffRequest, pk: int) -> Message:
    return get_object_or_404(Message.objects.visible_to(request.user).select_related("handled_by", "node"), pk=pk)


def _url(shown: Message) -> str:
    return reverse("lab:message", args=[shown.pk])
