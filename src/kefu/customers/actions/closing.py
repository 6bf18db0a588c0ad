"""Customers who leave, and come back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import ContactKind, FactKind, Stage
from kefu.customers.events import CustomerClosed, CustomerReopened
from kefu.customers.holding import held
from kefu.customers.models import ContactPoint, Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import holders, lock_numbers, owner_of
from kefu.customers.queries.facts import has_died
from kefu.customers.rights import require_any, takes_in
from kefu.customers.sentences import CLOSED, REOPENED
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.sentences.saying import Said, Sentence
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User


@action
def close_customer(*, customer: Customer, reason: str, by: User, at: datetime) -> Customer:
    """Close a lead or customer; nothing is deleted, the phone numbers are free for others.

    Raises Invalid (`reason`), Refused `already_closed`, Forbidden, OutOfScope.
    """
    if not takes_in(by, customer.node_id):
        require_any(by, customer, CustomerPermission.OWNER_ASSIGN, CustomerPermission.ARCHIVE_EDIT)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明关闭的原因。"))
    locked = held(customer)
    if locked.stage == Stage.CLOSED:
        raise Refused("already_closed", _("这位客户已经关闭。"))
    before = locked.stage
    locked.stage, locked.closed_at, locked.closed_reason = Stage.CLOSED, at, reason.strip()
    _save(locked)
    locked.contacts.filter(kind=ContactKind.PHONE, owns=True).update(owns=False)
    _tell(locked, before, CLOSED, reason.strip(), by, at)
    announce(CustomerClosed(customer_id=customer.pk, reason=reason.strip(), by=by, at=at))
    return locked


@action
def reopen_customer(*, customer: Customer, reason: str, by: User, at: datetime) -> Customer:
    """Bring a closed lead or customer back to where it was.

    Raises Invalid (`reason`), Refused `not_closed`, or `phone_taken` when an active customer owns every phone number by now.
    """
    require_any(by, customer, CustomerPermission.OWNER_ASSIGN, CustomerPermission.ARCHIVE_EDIT)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明恢复的原因。"))
    locked = held(customer)
    if locked.stage != Stage.CLOSED:
        raise Refused("not_closed", _("这位客户没有关闭。"))
    if has_died(locked.pk):
        raise Refused("died", _("这位客户登记为已去世，由主任更正后恢复。"))
    _take_phones_back(locked)
    locked.stage = Stage.ACTIVE if locked.archive_opened_at else Stage.LEAD
    locked.closed_at, locked.closed_reason = None, ""
    _save(locked)
    _tell(locked, Stage.CLOSED, REOPENED, reason.strip(), by, at)
    announce(CustomerReopened(customer_id=customer.pk, by=by, at=at))
    return locked


def _save(customer: Customer) -> None:
    customer.version += 1
    customer.save(update_fields=["stage", "closed_at", "closed_reason", "version"])


def _take_phones_back(customer: Customer) -> None:
    phones = list(customer.contacts.filter(kind=ContactKind.PHONE, active=True, family_link=None).order_by("value"))
    lock_numbers(*(contact.value for contact in phones))
    free = []
    for contact in phones:
        owner = owner_of(holders(contact.value))
        if owner is None:
            free.append(contact.pk)
    if phones and not free and customer.archive_opened_at:
        raise Refused("phone_taken", _("这位客户的电话现在属于别人，请先给档案登记新的号码。"))
    ContactPoint.objects.filter(pk__in=free).update(owns=True)


def _tell(customer: Customer, before: str, words: Sentence, reason: str, by: User, at: datetime) -> None:
    subject = Subject("customers.customer", customer.pk)
    record("customers.customer.stage_changed", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id,
           changes={"stage": (before, customer.stage)}, reason=reason)  # fmt: skip
    record_fact(
        customer=customer, kind=FactKind.ARCHIVE, item=words, lines=[Said(reason)], subject=subject, by=by, at=at
    )
