"""A customer wants no greetings and activities, or wants them again (FUP-008)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold, lock
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.outbox.actions import withdraw
from kefu.kernel.errors import Forbidden
from kefu.messaging.choices import Channel, Withheld
from kefu.messaging.models import Message, OptOut
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.queries import opted_out
from kefu.messaging.sentences import BY_LINK
from kefu.organisation.models import User


@action
def opt_out(*, customer: Customer, reason: str = "", by: User, at: datetime) -> OptOut:
    """Stop all messages that need consent, also those that wait to leave; what a booking or report needs is still sent. Raises Forbidden, OutOfScope."""
    require(by, MessagingPermission.CONTACT_LOG, customer=customer)
    hold(customer.pk)
    found = opted_out(customer)
    if found is not None:
        nothing_changed()
        return found
    made = OptOut.objects.create(customer=customer, reason=reason.strip(), by=by, at=at)
    _record("messaging.consent.withdrawn", customer, by, at)
    take_back(customer_id=customer.pk, channels=Channel.values, reason=Withheld.OPTED_OUT.said, by=by, at=at)
    return made


@action
def refuse_by_link(*, customer: Customer, by: User, at: datetime) -> None:
    """The customer says no from a link in a mail: kept as said by the customer, written by the system account. Raises Forbidden for
    whoever is not that account; nothing is done twice (FUP-008)."""
    if not by.is_system:
        raise Forbidden("only_by_link", _("这一步由客户自己点邮件里的链接。"))
    lock(customer.pk)
    if customer.erased_at is not None or opted_out(customer):
        nothing_changed()
        return
    OptOut.objects.create(customer=customer, reason=BY_LINK.code, by=by, at=at)
    _record("messaging.consent.refused_by_link", customer, by, at)
    record_fact(
        customer=customer,
        kind=FactKind.CONTACT,
        item=BY_LINK(),
        subject=Subject("customers.customer", customer.pk),
        by=by,
        at=at,
    )
    take_back(customer_id=customer.pk, channels=Channel.values, reason=BY_LINK.code, by=by, at=at)


@action
def end_opt_out(*, customer: Customer, by: User, at: datetime) -> None:
    """The customer wants them again. Raises Forbidden, OutOfScope."""
    require(by, MessagingPermission.CONTACT_LOG, customer=customer)
    ended = OptOut.objects.filter(customer=customer, ended_at__isnull=True).update(ended_by=by, ended_at=at)
    if ended:
        _record("messaging.consent.given", customer, by, at)
    else:
        nothing_changed()


@within_action
def take_back(*, customer_id: int, channels: Collection[str], reason: str, by: User, at: datetime) -> None:
    """Greetings and activities that wait to leave by these channels do not leave any more (FUP-008, SEC-001)."""
    waiting = Message.objects.filter(customer=customer_id, template__needs_consent=True, channel__in=channels)
    withdraw(customer_id=customer_id, only=waiting.exclude(outbox=None).values_list("outbox", flat=True), reason=reason, by=by, at=at)  # fmt: skip


def _record(code: str, customer: Customer, by: User, at: datetime) -> None:
    subject = Subject("customers.customer", customer.pk)
    record(code, by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id)
