"""What the customer page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from kefu.customers.choices import CheckResult, ContactKind, FactKind, Relation
from kefu.customers.limits import IDENTITY_HOURS
from kefu.customers.models import ContactPoint, Customer, FamilyLink, IdentityCheck, OwnershipChange, TimelineLine
from kefu.customers.permissions import CustomerPermission
from kefu.customers.rules import visit_gaps
from kefu.customers.wording import VISIT_GAPS
from kefu.foundation.access.checks import allowed
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel import phones
from kefu.organisation.models import User

HEALTH = frozenset({FactKind.CONSULTATION, FactKind.REPORT})
"""Kinds whose details are health data."""
INVERSE = {
    Relation.PARENT: Relation.CHILD, Relation.CHILD: Relation.PARENT, Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
}  # fmt: skip
"""What the customer is to the other person, where it is not the same word."""


def one_visible(user: User, pk: int) -> Customer | None:
    """The customer with centre, owners and source, if in scope."""
    found = Customer.objects.visible_to(user).select_related("node", "doctor", "health_manager", "source", "standing")
    return found.defer("search_text", "grams", "medical_grams").filter(pk=pk).first()


@dataclass(frozen=True)
class ContactView:
    """A contact point as it may be shown before it is revealed."""

    contact: ContactPoint
    masked: str
    shared_with: str  # name of the family member who owns the number


@dataclass(frozen=True)
class Gaps:
    """What stands in the way of booking a visit, in words; an e-mail address is asked for and does not (APT-014)."""

    words: list[object]
    no_email: bool


def contact_views(customer: Customer) -> list[ContactView]:
    """Active contact points, masked. One query."""
    found = customer.contacts.filter(active=True).select_related("family_link__relative")
    return [ContactView(contact, mask(contact), _sharer(contact)) for contact in found]


def mask(contact: ContactPoint) -> str:
    """A phone number, e-mail address or WeChat name with its middle hidden."""
    if contact.kind == ContactKind.PHONE:
        return phones.mask(contact.value)
    head, at_sign, tail = contact.value.partition("@")
    return f"{head[:1]}{phones.STARS}{at_sign}{tail}"


def _sharer(contact: ContactPoint) -> str:
    link = contact.family_link
    return (link.relative.name if link.relative else link.name) if link else ""


@dataclass(frozen=True)
class FamilyMember:
    """Somebody of the family and what he or she is to the customer."""

    link: FamilyLink
    name: str
    relation: object
    person: Customer | None
    own: bool  # entered with this customer, and so changed here


def family_of(customer: Customer) -> list[FamilyMember]:
    """The family, whichever side it was entered from. One query."""
    links = FamilyLink.objects.filter(Q(customer=customer) | Q(relative=customer), active=True).select_related(
        "customer", "relative"
    )
    return [_member(link, customer) for link in links]


def _member(link: FamilyLink, customer: Customer) -> FamilyMember:
    relation = Relation(link.relation)
    if link.customer_id == customer.pk:
        return FamilyMember(
            link, link.relative.name if link.relative else link.name, relation.label, link.relative, own=True
        )
    return FamilyMember(link, link.customer.name, INVERSE.get(relation, relation).label, link.customer, own=False)


def identity_check_of(customer: Customer, at: datetime) -> IdentityCheck | None:
    """The latest successful check that still counts (CUS-037)."""
    since = at - timedelta(hours=IDENTITY_HOURS.on(at, node_id=customer.node_id))
    latest = customer.identity_checks.filter(at__gt=since, at__lte=at).select_related("by", "link__relative").first()
    return latest if latest is not None and latest.result == CheckResult.PASSED else None


def gaps_of(customer: Customer) -> Gaps:
    """What is missing of somebody who is to come. One query."""
    kinds = set(customer.contacts.filter(active=True).values_list("kind", flat=True))
    reachable = bool(kinds - {ContactKind.EMAIL.value})
    missing = visit_gaps(name=bool(customer.name), sex=bool(customer.sex), contact=reachable)
    return Gaps([VISIT_GAPS[gap] for gap in missing], no_email=ContactKind.EMAIL.value not in kinds)


def timeline(customer: Customer, *, kinds: Sequence[str] = ()) -> QuerySet[TimelineLine]:
    """The service timeline, latest first; order and page by `-at, -id` (CUS-007)."""
    lines = TimelineLine.objects.filter(customer=customer).select_related("by")
    return lines.filter(kind__in=kinds) if kinds else lines


def hidden_kinds(user: User, customer: Customer) -> frozenset[FactKind]:
    """The kinds of facts whose details are kept from this person; who may open the reports may read what is said of them."""
    if allowed(user, CustomerPermission.MEDICAL_VIEW, customer=customer):
        return frozenset()
    return HEALTH - {FactKind.REPORT} if allowed(user, CustomerPermission.REPORTS_VIEW, customer=customer) else HEALTH


def total_spending(customer: Customer) -> Decimal:
    """What the customer has spent in yuan, cancellations taken off (CUS-007)."""
    total = TimelineLine.objects.filter(customer=customer, kind=FactKind.SPENDING).aggregate(total=Sum("amount"))[
        "total"
    ]
    return total or Decimal("0.00")


def last_contact(customer: Customer) -> TimelineLine | None:
    """The latest talk with the customer: where we left off."""
    talks = (FactKind.CONTACT, FactKind.FOLLOWUP, FactKind.NOTE)
    return TimelineLine.objects.filter(customer=customer, kind__in=talks).select_related("by").first()


def ownership_history(customer: Customer) -> QuerySet[OwnershipChange]:
    """Who was responsible since when (ORG-010)."""
    people = ("doctor_before", "doctor_after", "manager_before", "manager_after", "node_before", "node_after", "by")
    return customer.ownership_changes.select_related(*people)


def last_change(customer: Customer) -> AuditEntry | None:
    """Who changed the archive last."""
    changes = AuditEntry.objects.filter(customer_id=customer.pk, code="customers.archive.changed")
    return changes.select_related("by").order_by("-at", "-id").first()
