"""Pages of messages and contacts."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.models import Customer
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.transports import transport
from kefu.foundation.ui.http import Keyset, act, page
from kefu.messaging import queries
from kefu.messaging.actions import end_opt_out, log_contact, opt_out, resend, set_wish
from kefu.messaging.choices import Channel
from kefu.messaging.costing import MONTHS, ROWS, costs, totals
from kefu.messaging.forms import ContactForm, WishForm
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.ports.screen import show
from kefu.messaging.presenting import STATUSES, message_rows

FIGURES = 3  # columns of words before those of figures in the list of costs
FILTERS = ["", State.SENT, State.DELIVERED, State.PENDING, State.HELD, State.DEAD, queries.WITHHELD]


@needs(MessagingPermission.MESSAGE_VIEW)
@require_GET
def message_list(request: StaffRequest) -> HttpResponse:
    """Messages to the customers I may see, latest first; `?state=` filters."""
    state = request.GET.get("state", "")
    keyset = Keyset(
        queries.messages_listed(request.user, request.GET, request.at),
        ("-at", "-id"),
        cursor=request.GET.get("after", ""),
    )
    options = [
        {
            "url": f"?state={each}" if each else "?",
            "label": STATUSES[each].word if each else _("全部"),
            "pressed": each == state,
        }
        for each in FILTERS
    ]
    columns = [_("时间"), _("客户"), _("渠道"), _("内容"), _("状态"), _("费用"), _("发送人")]
    context = {
        "keyset": keyset,
        "rows": message_rows(keyset.rows),
        "options": options,
        "columns": [{"label": label, "num": label == _("费用")} for label in columns],
        "export_url": export_url(request, "messaging.messages"),
        "on_screen": transport(Channel.SMS) is show,
        "may_resend": allowed(request.user, MessagingPermission.MESSAGE_RESEND),
        "held": queries.waiting_without_channel(request.user),
    }
    return page(request, "messaging/messages.html", context)


@needs(MessagingPermission.MESSAGE_RESEND)
@require_POST
def message_resend(request: StaffRequest, message_id: int) -> HttpResponseBase:
    """Send a message again that stopped, saying why."""
    message = get_object_or_404(queries.messages_for(request.user), pk=message_id)
    reason = request.POST.get("reason", "")[:200]
    return act(
        request,
        lambda: resend(message=message, reason=reason, by=request.user, at=request.at),
        success=_("已重新发送，内容不变。"),
        to="/messages/",
    )


@needs(MessagingPermission.MESSAGE_VIEW)
@require_GET
def message_costs(request: StaffRequest) -> HttpResponse:
    """What text messages cost in the last twelve months, by month, template and centre."""
    first = timezone.localtime(request.at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    since = first.replace(year=first.year - (first.month < MONTHS), month=first.month % MONTHS + 1)
    rows = costs(request.user, since)
    context = {
        "rows": rows,
        "months": totals(request.user, since),
        "most": ROWS if len(rows) == ROWS else 0,
        "columns": [
            {"label": label, "num": number >= FIGURES}
            for number, label in enumerate((_("月份"), _("模板"), _("中心"), _("发送次数"), _("短信条数"), _("费用")))
        ],
    }
    return page(request, "messaging/costs.html", context)


@needs(MessagingPermission.CONTACT_LOG)
@require_http_methods(["GET", "POST"])
def contact_new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Keep a contact with a customer."""
    customer = _customer(request, customer_id)
    form = ContactForm(request.POST or None)

    def show() -> HttpResponse:
        return page(
            request, "messaging/contact_form.html", {"customer": customer, "form": form, "back_url": _file(customer)}
        )

    if request.method == "GET":
        return show()
    if not form.is_valid():
        response = show()
        response.status_code = 422
        return response
    return act(
        request,
        lambda: log_contact(customer=customer, **form.cleaned_data, by=request.user, at=request.at),
        success=_("联系记录已保存。"),
        to=_file(customer),
        form=form,
        render=show,
    )


@needs(MessagingPermission.CONTACT_LOG)
@require_POST
def opt_out_edit(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Stop greetings and activities for a customer, or with `wanted` let them begin again."""
    customer = _customer(request, customer_id)
    by, at, wanted = request.user, request.at, bool(request.POST.get("wanted"))
    return act(
        request,
        (lambda: end_opt_out(customer=customer, by=by, at=at))
        if wanted
        else (lambda: opt_out(customer=customer, reason=request.POST.get("reason", "")[:200], by=by, at=at)),
        success=_("以后照常发送问候和活动消息。") if wanted else _("不再发送问候和活动消息。"),
        to=_file(customer),
    )


@needs(MessagingPermission.CONTACT_LOG)
@require_http_methods(["GET", "POST"])
def wish_edit(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """In which language a customer is written to, on which birthday, and whether at all."""
    customer = _customer(request, customer_id)
    wish = queries.wish_of(customer)
    form = WishForm(request.POST or None, initial={name: getattr(wish, name) for name in WishForm.base_fields})

    def show() -> HttpResponse:
        context = {"customer": customer, "form": form, "back_url": _file(customer)}
        return page(request, "messaging/wish_form.html", context, status=422 if request.method == "POST" else 200)

    if request.method == "GET" or not form.is_valid():
        return show()
    return act(
        request,
        lambda: set_wish(customer=customer, **form.cleaned_data, by=request.user, at=request.at),
        success=_("以后按这个写。"),
        to=_file(customer),
        form=form,
        render=show,
    )


def _customer(request: StaffRequest, customer_id: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user, MessagingPermission.CONTACT_LOG), pk=customer_id)


def _file(customer: Customer) -> str:
    """The customer's page."""
    return f"/customers/{customer.pk}/"
