"""Ways to reach a customer: adding, retiring, and showing one in full."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ContactKind, Stage
from kefu.customers.details import read_phone
from kefu.customers.holding import held, hold
from kefu.customers.indexing import reindex
from kefu.customers.models import ContactPoint, Customer, FamilyLink
from kefu.customers.permissions import CustomerPermission
from kefu.customers.phones import holders, lock_numbers, owner_of
from kefu.customers.rules import Identity, phone_identity
from kefu.foundation.access.checks import require
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, record_read, within_action
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User


@action
def add_contact(*, customer: Customer, kind: str, value: str, by: User, at: datetime) -> ContactPoint:
    """Add a phone number, e-mail address or WeChat name. A number of a family member is shared with it.

    Raises Invalid (`value`), Refused `contact_known` or `phone_taken`, Forbidden, OutOfScope.
    """
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    locked = held(customer)
    point = _contact(locked, kind, value.strip())
    if customer.contacts.filter(kind=kind, value=point.value, active=True).exists():
        raise Refused("contact_known", _("这个联系方式已经登记在这位客户名下。"))
    if kind == ContactKind.PHONE:
        _settle(locked, point)
    point.save()
    reindex(locked)
    record("customers.contact.added", by=by, at=at, subject=Subject("customers.contact", point.pk), customer_id=customer.pk,
           node_id=customer.node_id, changes={"kind": (None, kind)}, personal={"value": (None, point.value)})  # fmt: skip
    return point


def _contact(customer: Customer, kind: str, value: str) -> ContactPoint:
    if kind not in ContactKind.values:
        raise Invalid.one("kind", "unknown_kind", _("请选择联系方式的种类。"))
    if kind == ContactKind.PHONE:
        number = read_phone(value, "value")
        return ContactPoint(customer=customer, kind=kind, value=number.value, tail=number.tail)
    if not value:
        raise Invalid.one("value", "required", _("请填写联系方式。"))
    if kind == ContactKind.EMAIL and "@" not in value:
        raise Invalid.one("value", "no_email", _("邮箱写成 name@example.com 这样。"))
    return ContactPoint(customer=customer, kind=kind, value=value.lower() if kind == ContactKind.EMAIL else value)


def _settle(customer: Customer, point: ContactPoint) -> None:
    lock_numbers(point.value)
    holder = owner_of(holders(point.value))
    link = (
        FamilyLink.objects.filter(customer=customer, relative=holder.customer, active=True).first() if holder else None
    )
    decision = phone_identity(
        holder.owner if holder else None,
        archive=customer.stage == Stage.ACTIVE,
        family_of=link.relative_id if link else None,
    )
    if decision is Identity.REFUSE:
        raise Refused("phone_taken", _("这个号码属于另一位客户。如果是一家人，请先登记家庭关系。"))
    if decision is Identity.TAKE_OVER and holder:
        ContactPoint.objects.filter(pk=holder.contact.pk).update(owns=False)
    point.owns = decision in (Identity.OWN, Identity.TAKE_OVER)
    point.family_link = link if decision is Identity.SHARED else None


@action
def retire_contact(*, contact: ContactPoint, reason: str, by: User, at: datetime) -> None:
    """Stop using a contact point; it stays in the history.

    Raises Refused `last_contact` for the last one of an open archive, Invalid (`reason`), Forbidden, OutOfScope (CUS-001).
    """
    customer = contact.customer
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    locked = held(customer)
    others = locked.contacts.filter(active=True).exclude(pk=contact.pk)
    if locked.stage == Stage.ACTIVE and not others.exists():
        raise Refused("last_contact", _("至少要留一个联系方式，请先加新的。"))
    contact.active = contact.owns = False
    contact.save(update_fields=["active", "owns"])
    reindex(locked)
    record("customers.contact.retired", by=by, at=at, subject=Subject("customers.contact", contact.pk), customer_id=customer.pk,
           node_id=customer.node_id, changes={"active": (True, False)}, personal={"value": (contact.value, None)}, reason=reason.strip())  # fmt: skip


@action
def doubt_contact(*, contact: ContactPoint, said: str, by: User | None, at: datetime) -> None:
    """Mark a contact point that a provider says does not exist; it stays in use until somebody has asked the customer (NFR-002)."""
    hold(contact.customer_id)
    contact.refresh_from_db()
    if contact.doubted_at is not None or not contact.active:
        nothing_changed()
        return
    contact.doubted_at, contact.doubt = at, said[:60]
    contact.save(update_fields=["doubted_at", "doubt"])
    record("customers.contact.doubted", by=by, at=at, subject=Subject("customers.contact", contact.pk), customer_id=contact.customer_id,
           node_id=contact.customer.node_id, changes={"doubted_at": (None, at.isoformat())}, reason=said[:60])  # fmt: skip


@action
def reveal_contact(*, contact: ContactPoint, purpose: str, by: User, at: datetime) -> str:
    """Answer a contact point in full and write who saw it and what for.

    Raises Invalid (`reason`) without a purpose, Forbidden, OutOfScope (SEC-001, SEC-003).
    """
    reveal("customers.contact.revealed", contact.customer, Subject("customers.contact", contact.pk), purpose, by, at)
    return contact.value


@action
def reveal_card(*, customer: Customer, purpose: str, by: User, at: datetime) -> str:
    """Answer the membership card's number in full and write who saw it and what for. Raises as `reveal_contact` (SEC-001, SEC-003)."""
    reveal("customers.card.revealed", customer, Subject("customers.customer", customer.pk), purpose, by, at)
    return customer.card_number


@within_action
def reveal(code: str, customer: Customer, subject: Subject, purpose: str, by: User, at: datetime) -> None:
    """Write that something of the customer was shown in full. Raises Invalid (`reason`) without a purpose, Forbidden, OutOfScope."""
    require(by, CustomerPermission.CONTACT_REVEAL, customer=customer)
    if not purpose.strip():
        raise Invalid.one("reason", "required", _("请写明查看的用途。"))
    record_read(code, by=by, at=at, customer_id=customer.pk, subject=subject, node_id=customer.node_id, kind=Kind.REVEAL,
                reason=purpose.strip())  # fmt: skip
