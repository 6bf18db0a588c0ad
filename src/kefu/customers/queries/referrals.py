"""Reads of referrals: who brought whom, totals, open prompts, plans that hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from kefu.customers.choices import PromptState, ReferralStatus, Stage
from kefu.customers.models import Customer, Referral, ReferralPrompt, RewardPlan
from kefu.customers.permissions import CustomerPermission
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.queries import access_of
from kefu.organisation.models import Node, User

FURTHEST = (ReferralStatus.CLOSED, ReferralStatus.LOST)
"""After these nothing more is to come; each says what the result was."""
WAY = (ReferralStatus.NAMED, ReferralStatus.REACHED, ReferralStatus.VISITED, ReferralStatus.CLOSED)


@dataclass(frozen=True)
class Totals:
    """How often somebody was brought, and how many different people (CUS-026)."""

    occasions: int
    persons: int


def totals(referrals: QuerySet[Referral]) -> Totals:
    """Occasions and persons of a set of referrals. One query."""
    found = referrals.order_by().aggregate(occasions=Count("pk"), persons=Count("referred", distinct=True))
    return Totals(found["occasions"], found["persons"])


def referrals(user: User, status: str = "") -> QuerySet[Referral]:
    """Referrals whose referrer is in scope; order and page by `-on, -id` (CUS-026)."""
    rows = Referral.objects.filter(customer_scope(user, CustomerPermission.GRADING_VIEW, "referrer__"))
    rows = rows.filter(came_to=status) if status in ReferralStatus.values else rows
    return rows.select_related("referrer", "referred", "reward", "by")


def referrals_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Referral]:
    """The list as its page shows it: by how far they came (`status`), the latest first."""
    return referrals(user, asked.get("status", "")).order_by("-on", "-id")


def known_to(user: User, customer_ids: Iterable[int]) -> frozenset[int]:
    """Those of the customers whom the person may see at all; of the others not even the name is shown."""
    return frozenset(Customer.objects.visible_to(user).filter(pk__in=list(customer_ids)).values_list("pk", flat=True))


def reached(referral: Referral, status: str) -> bool:
    """Whether the referred person ever came as far as a status."""
    place = WAY.index(ReferralStatus(status))
    return referral.steps.filter(status__in=WAY[place:]).exists()


def plans_for(referrer: Customer) -> QuerySet[RewardPlan]:
    """Plans of the referrer's centre and of those above it, whenever they hold (CUS-027)."""
    parents = dict(Node.objects.values_list("pk", "parent_id"))
    places = [referrer.node_id]
    while (above := parents.get(places[-1])) is not None:
        places.append(above)
    return RewardPlan.objects.filter(node__in=places)


def plans(user: User) -> QuerySet[RewardPlan]:
    """Plans of the places where the person sees referrals."""
    reach = access_of(user).reach(CustomerPermission.REFERRAL_PLANS)
    nodes = reach.nodes(2)
    rows = RewardPlan.objects.select_related("node", "by")
    return rows if nodes is None else rows.filter(node__in=nodes)


def plans_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[RewardPlan]:
    """The plans as their page shows them, the latest first."""
    return plans(user).order_by("-valid_from", "-id")


def own_prompts(user: User) -> QuerySet[ReferralPrompt]:
    """Open prompts for customers the person, or who is stood in for, is responsible for, the oldest first (CUS-027)."""
    rows = ReferralPrompt.objects.filter(state=PromptState.OPEN).exclude(customer__stage=Stage.CLOSED)
    rows = rows.filter(customer_scope(user, CustomerPermission.GRADING_TRACK, "customer__"))
    return (
        rows.filter(customer__health_manager__in=access_of(user).persons)
        .select_related("customer")
        .order_by("at", "id")
    )
