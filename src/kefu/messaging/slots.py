"""What messaging puts on other pages: the customer's messages and contacts, entries of the navigation, merge handlers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from kefu.customers import merging
from kefu.customers.erasing import scrub
from kefu.customers.models import Customer
from kefu.customers.subject_data import contribute
from kefu.foundation.access.checks import allowed
from kefu.foundation.slots.registry import CustomerTab, NavItem, register
from kefu.messaging import queries
from kefu.messaging.models import Wish
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.presenting import contact_rows, message_rows
from kefu.organisation.models import User


def contacts_panel(request: HttpRequest, customer: object) -> HttpResponse:
    """The customer's latest messages and contacts, and whether greetings are wanted."""
    if not isinstance(customer, Customer) or not isinstance(request.user, User):
        raise TypeError("the panel needs a customer and somebody logged in")
    context = {
        "customer": customer,
        "messages_sent": message_rows(queries.messages_of(customer)),
        "contacts": contact_rows(queries.contacts_of(customer)),
        "opt_out": queries.opted_out(customer),
        "wish": queries.wish_of(customer),
        "may_log": allowed(request.user, MessagingPermission.CONTACT_LOG, customer=customer),
    }
    return render(request, "messaging/panel.html", context)


def unite_wishes(joining: merging.Joining) -> None:
    """The surviving customer's own wishes count; without any, those of the merged one."""
    if not Wish.objects.filter(customer_id=joining.survivor_id).exists():
        joining.set(Wish.objects.filter(customer_id=joining.merged_id), customer_id=joining.survivor_id)


contribute(
    "messaging.Message", "customer", _("消息"), erase=scrub("address", "title", "body", keep=("key", "subject_kind"))
)
contribute("messaging.ContactAttempt", "customer", _("联系记录"), erase=scrub("note", keep=("subject_kind",)))
contribute("messaging.MessageCost", "message__customer", _("短信费用"), erase=scrub())
contribute("messaging.Wish", "customer", _("消息偏好"), erase=scrub("no_greetings", keep=("language", "channel")))
contribute("messaging.OptOut", "customer", _("拒收消息"), erase=scrub("reason"))
register(
    CustomerTab("contacts", _("联系与消息"), 80, MessagingPermission.MESSAGE_VIEW, contacts_panel),
    NavItem("customers", 80, _("消息"), "message-2", "message_list", MessagingPermission.MESSAGE_VIEW),
    NavItem("management", 60, _("消息模板"), "template", "template_list", MessagingPermission.TEMPLATE_VIEW),
)
for model, label in (("Message", _("消息")), ("ContactAttempt", _("联系记录")), ("OptOut", _("不收消息的要求"))):
    merging.repoint(f"messaging.{model}", "customer", label)
merging.combine("messaging.Wish", "customer", unite_wishes, _("消息偏好"))
