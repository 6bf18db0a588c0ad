"""The customer list: by time of registration, newest first (CUS-003)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from kefu.customers.models import NEWEST, Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.finding import HEAVY
from kefu.customers.queries.segments import in_segment
from kefu.customers.queries.valuing import in_tier
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.queries import EVERYWHERE, access_of
from kefu.organisation.choices import Level
from kefu.organisation.models import User

NUMBERED = ("-archive_number", "-id")


@dataclass(frozen=True)
class CustomerFilter:
    """What the list is narrowed to; None and empty mean all."""

    node: int | None = None
    health_manager: int | None = None
    doctor: int | None = None
    stage: str = ""
    pool: bool = False  # only customers without a health manager (ORG-010)
    numbered: bool = False  # only customers with a health-archive number (CUS-004)
    segment: int | None = None  # only those who fall under it on the day `on` (CUS-011)
    on: date | None = None
    capture: str = ""  # how they came into the archive (CUS-010)
    tier: str = ""  # only those of a value tier (CUS-018)
    only: tuple[int, ...] | None = None  # only these that were picked, None for all


def listed(user: User, narrow: CustomerFilter | None = None) -> QuerySet[Customer]:
    """Customers in scope with centre, doctor and health manager; order and page by `-created_at, -id`."""
    narrow = narrow or CustomerFilter()
    found: QuerySet[Customer] = (
        Customer.objects.visible_to(user)
        .in_use()
        .select_related("node", "doctor", "health_manager", "standing")
        .defer(*HEAVY)
    )
    conditions = {
        "node": narrow.node,
        "health_manager": narrow.health_manager,
        "doctor": narrow.doctor,
        "stage": narrow.stage or None,
        "capture": narrow.capture or None,
    }
    found = found.filter(**{field: value for field, value in conditions.items() if value is not None})
    if narrow.segment is not None and narrow.on is not None:
        found = in_segment(found, user, narrow.segment, narrow.on)
    if narrow.tier:
        found = in_tier(found, user, narrow.tier)
    if narrow.only is not None:
        found = found.filter(pk__in=narrow.only)
    if narrow.numbered:
        found = found.filter(archive_number__isnull=False)
    return found.filter(health_manager__isnull=True) if narrow.pool else found


def exportable(user: User, narrow: CustomerFilter) -> QuerySet[Customer]:
    """What of the list the person may take away: seen by the archive and reached by the right to export, in the list's order (SEC-001)."""
    found = listed(user, narrow).filter(customer_scope(user, CustomerPermission.LIST_EXPORT))
    return found.order_by(*(NUMBERED if narrow.numbered else NEWEST))


def owners_in(user: User, role: str) -> QuerySet[User]:
    """Colleagues with a role in the nodes whose customers the person sees whole, for the filters of the list."""
    reach = access_of(user).reach(CustomerPermission.ARCHIVE_VIEW)
    nodes = reach.nodes(Level.VIEW)
    holders = User.objects.filter(grants__role__code=role, is_active=True).distinct()
    return holders if nodes is EVERYWHERE else holders.filter(grants__node__in=nodes)
