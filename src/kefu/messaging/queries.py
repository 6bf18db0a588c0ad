"""Templates, messages and contacts for screens and for the modules above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from email.utils import parseaddr

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from kefu.customers.choices import ContactKind, ContactPurpose, ContactWay, Stage
from kefu.customers.models import ContactPoint, Customer
from kefu.customers.queries.consents import may_contact
from kefu.customers.queries.facts import has_died
from kefu.customers.scopes import customer_scope
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.transports import transport
from kefu.kernel.phones import PhoneError, PhoneKind, parse
from kefu.messaging.choices import Channel, Withheld
from kefu.messaging.limits import QUIET_FROM, QUIET_TO
from kefu.messaging.models import ContactAttempt, Message, OptOut, Template, Wish
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.rules import next_open
from kefu.messaging.shipped import quiet_except
from kefu.organisation.models import User

WITHHELD = "withheld"
GREETING = "greeting"


def current_templates() -> QuerySet[Template]:
    """The version of each template that counts, by code."""
    return Template.objects.filter(current=True).order_by("code")


def versions(code: str) -> QuerySet[Template]:
    """All versions of a template, latest first, with who wrote them."""
    return Template.objects.filter(code=code).order_by("-version").select_related("by")


def messages_for(user: User, state: str = "") -> QuerySet[Message]:
    """Messages to the customers a person may see; `state` is a delivery state or `withheld`."""
    found = Message.objects.filter(customer_scope(user, MessagingPermission.MESSAGE_VIEW, "customer__"))
    if state == WITHHELD:
        found = found.filter(outbox__isnull=True)
    elif state in State.values:
        found = found.filter(outbox__state=state)
    return found.select_related("customer", "template", "outbox", "by", "replacement").prefetch_related("costs")


def messages_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Message]:
    """The list as its page shows it: by delivery (`state`), latest first."""
    return messages_for(user, asked.get("state", "")).order_by("-at", "-id")


def messages_of(customer: Customer, limit: int = 50) -> list[Message]:
    """The customer's latest messages."""
    return list(
        customer.messages.select_related("template", "outbox", "by", "replacement")
        .order_by("-at", "-id")
        .prefetch_related("costs")[:limit]
    )


def contacts_of(customer: Customer, limit: int = 50) -> list[ContactAttempt]:
    """The customer's latest contacts."""
    return list(customer.contact_attempts.select_related("by").order_by("-at", "-id")[:limit])


def contacts_about(kind: str, subject_id: int) -> QuerySet[ContactAttempt]:
    """The contacts about one subject, such as a follow-up, latest first."""
    return ContactAttempt.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("-at", "-id")


def opted_out(customer: Customer) -> OptOut | None:
    """Since when the customer wants no greetings and activities, if so."""
    return OptOut.objects.filter(customer=customer, ended_at__isnull=True).order_by("at", "id").first()


def wish_of(customer: Customer) -> Wish:
    """How a customer likes to be written to; as everybody does while nobody asked."""
    return Wish.objects.filter(customer=customer).first() or Wish(customer=customer)


def reason_to_withhold(template: Template, customer: Customer) -> Withheld | None:
    """Why this customer is not to get a message by any way: the dead and the closed get none, nor those whose data rests; who opted
    out no greetings and activities."""
    if customer.restricted_at is not None or customer.erased_at is not None:
        return Withheld.RESTRICTED
    if customer.stage == Stage.CLOSED:
        return Withheld.DIED if has_died(customer.pk) else Withheld.CLOSED
    if template.needs_consent and opted_out(customer):
        return Withheld.OPTED_OUT
    return Withheld.NO_GREETINGS if template.group == GREETING and wish_of(customer).no_greetings else None


def agreed_addresses(template: Template, customer: Customer) -> dict[str, str]:
    """Where the customer is reached by those channels of the template by which we may turn to him or her for its purpose (SEC-001)."""
    purpose = ContactPurpose.MARKETING if template.needs_consent else ContactPurpose.SERVICE
    reach = {channel: address for channel, address in addresses(customer).items() if channel in template.channels}
    return {one: address for one, address in reach.items() if may_contact(customer, ContactWay(one), purpose)}


def addresses(customer: Customer) -> dict[str, str]:
    """Where each channel reaches the customer: the first active contact point of its kind, mobiles only for SMS; one that a provider did not know comes last."""
    found: dict[str, str] = {}
    for point in ContactPoint.objects.filter(customer=customer, active=True).order_by(
        F("doubted_at").asc(nulls_first=True), "-owns", "id"
    ):
        channel = channel_of(point)
        if channel:
            found.setdefault(channel, point.value)
    return found


def open_channels(channels: Iterable[str]) -> frozenset[str]:
    """Those of the channels that have a transport on this installation."""
    return frozenset(channel for channel in channels if transport(channel) is not None)


def mail_sender() -> str:
    """The bare address this installation writes mail from; empty where it writes none."""
    return parseaddr(str(getattr(transport(Channel.EMAIL), "sender", "")))[1]


def leaves_at(template: Template, at: datetime) -> datetime:
    """When a message written at `at` may leave: at once, or after the quiet hours unless its group ignores them."""
    if template.group in quiet_except():
        return at
    return after_quiet(at)


def after_quiet(at: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it falls in."""
    quiet_from, quiet_to = time.fromisoformat(QUIET_FROM.on(at)), time.fromisoformat(QUIET_TO.on(at))
    return next_open(timezone.localtime(at), quiet_from, quiet_to)


def waiting_without_channel(user: User) -> bool:
    """Whether messages this person sees are held because their channel is closed here."""
    return messages_for(user).filter(Q(outbox__state=State.HELD)).exists()


def channel_of(point: ContactPoint) -> Channel | None:
    """The channel by which a contact point is reached, if any."""
    match point.kind:
        case ContactKind.EMAIL:
            return Channel.EMAIL
        case ContactKind.WECHAT:
            return Channel.WECHAT
        case ContactKind.PHONE if _is_mobile(point.value):
            return Channel.SMS
    return None


def _is_mobile(number: str) -> bool:
    try:
        return parse(number, allow_demo=True).kind == PhoneKind.MOBILE
    except PhoneError:
        return False
