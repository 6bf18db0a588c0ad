"""Business cards, days of life, and who may be told what (CUS-031, CUS-032)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions.contacts import reveal
from kefu.customers.choices import LifeEventKind, Payment, Priority, Topic
from kefu.customers.holding import hold
from kefu.customers.merging import Joining
from kefu.customers.models import BusinessCard, Customer, Disclosure, FamilyLink, LifeEvent
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User

CARD = ("shop_name", "contact_person", "phone", "address", "agreed_price", "payment", "priority")


@action
def save_card(*, customer: Customer, values: Mapping[str, str], by: User, at: datetime) -> BusinessCard:
    """Write the card of a business customer; whatever changes has to be filed anew.

    Values: shop_name, contact_person, phone (empty keeps the one there is), address, agreed_price, payment, priority. Raises Invalid, Forbidden, OutOfScope (CUS-031).
    """
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    hold(customer.pk)
    card = BusinessCard.objects.filter(customer=customer).first()
    given = {name: str(values.get(name) or "").strip() for name in CARD}
    if card is not None and not given["phone"]:
        given["phone"] = card.phone
    wrong = [FieldError(name, "required", _("这一项还没填")) for name, text in given.items() if not text]
    if given["payment"] not in Payment.values or given["priority"] not in Priority.values:
        wrong.append(FieldError("payment", "unknown", _("没有这个选项，请重新选")))
    if wrong:
        raise Invalid(wrong)
    before = {name: getattr(card, name) for name in CARD} if card else dict.fromkeys(CARD)
    changed = {name: (before[name], given[name]) for name in CARD if before[name] != given[name]}
    if card is not None and not changed:
        nothing_changed()
        return card
    card, _made = BusinessCard.objects.update_or_create(
        customer=customer, defaults={**given, "by": by, "at": at, "filed_by": None, "filed_at": None}
    )
    record("customers.card.saved", by=by, at=at, subject=Subject("customers.card", card.pk), customer_id=customer.pk,
           node_id=customer.node_id, personal=changed)  # fmt: skip
    return card


@action
def reveal_card(*, card: BusinessCard, purpose: str, by: User, at: datetime) -> str:
    """Answer the card's number in full and write who saw it and what for.

    Raises Invalid (`reason`) without a purpose, Forbidden, OutOfScope (CUS-031, SEC-003).
    """
    reveal("customers.contact.revealed", card.customer, Subject("customers.card", card.pk), purpose, by, at)
    return card.phone


@action
def file_card(*, card: BusinessCard, by: User, at: datetime) -> None:
    """The supervisor takes the card on file. Raises Refused `filed`, Forbidden, OutOfScope (CUS-031)."""
    require(by, CustomerPermission.OWNER_ASSIGN, customer=card.customer)
    hold(card.customer_id)
    card.refresh_from_db()
    if card.filed_at is not None:
        raise Refused("filed", _("这张名片已经归档。"))
    card.filed_by, card.filed_at = by, at
    card.save(update_fields=["filed_by", "filed_at"])
    record("customers.card.filed", by=by, at=at, subject=Subject("customers.card", card.pk), customer_id=card.customer_id,
           node_id=card.customer.node_id, changes={"filed": (False, True)})  # fmt: skip


@action
def note_day(*, customer: Customer, kind: str, on: date, note: str = "", by: User, at: datetime) -> LifeEvent:
    """Keep a day of the customer's life that one heard of. Raises Invalid (`kind`), Refused `known`, Forbidden, OutOfScope (CUS-032)."""
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    if kind not in LifeEventKind.values:
        raise Invalid.one("kind", "unknown", _("没有这个选项，请重新选"))
    hold(customer.pk)
    if customer.life_events.filter(kind=kind, on=on, active=True).exists():
        raise Refused("known", _("这个日子已经记过。"))
    event = LifeEvent.objects.create(customer=customer, kind=kind, on=on, note=note.strip(), by=by, at=at)
    record("customers.day.noted", by=by, at=at, subject=Subject("customers.day", event.pk), customer_id=customer.pk,
           node_id=customer.node_id, personal={"kind": (None, kind), "on": (None, on), "note": (None, event.note)})  # fmt: skip
    return event


@action
def strike_day(*, event: LifeEvent, by: User, at: datetime) -> None:
    """Strike out a day that was wrong. Raises Refused `struck`, Forbidden, OutOfScope (CUS-032)."""
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=event.customer)
    hold(event.customer_id)
    event.refresh_from_db()
    if not event.active:
        raise Refused("struck", _("这个日子已经划掉。"))
    event.active = False
    event.save(update_fields=["active"])
    record("customers.day.struck", by=by, at=at, subject=Subject("customers.day", event.pk), customer_id=event.customer_id,
           node_id=event.customer.node_id, changes={"active": (True, False)})  # fmt: skip


@action
def allow_telling(*, link: FamilyLink, topics: Iterable[str], note: str, by: User, at: datetime) -> Disclosure:
    """Say what a guardian or proxy may be told, and on what ground; no topics takes it all back.

    Raises Invalid (`topics`, `note`), Refused `no_proxy`, Forbidden, OutOfScope.
    """
    customer = link.customer
    require(by, CustomerPermission.ARCHIVE_EDIT, customer=customer)
    hold(customer.pk)
    chosen = [topic for topic in Topic.values if topic in set(topics)]
    if not link.active or not (link.guardian or link.proxy):
        raise Refused("no_proxy", _("只有监护人和代办人可以被告知。"))
    if not note.strip():
        raise Invalid.one("note", "required", _("请写明凭什么可以告知，例如客户签字的委托书。"))
    before = link.disclosures.first()
    disclosure = Disclosure.objects.create(link=link, topics=chosen, note=note.strip(), by=by, at=at)
    record("customers.telling.allowed", by=by, at=at, subject=Subject("customers.family", link.pk), customer_id=customer.pk,
           node_id=customer.node_id, reason=note.strip(),
           changes={"topics": (" ".join(before.topics) if before else None, " ".join(chosen))})  # fmt: skip
    return disclosure


@within_action
def combine_cards(joining: Joining) -> None:
    """The surviving customer's card is kept; without one the other's moves."""
    if not BusinessCard.objects.filter(customer=joining.survivor_id).exists():
        joining.set(BusinessCard.objects.filter(customer=joining.merged_id), customer_id=joining.survivor_id)
