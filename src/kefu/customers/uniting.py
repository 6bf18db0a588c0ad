"""How contacts, family and open hand-overs of two customers become those of one."""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ContactKind
from kefu.customers.merging import Joining, Obstacle
from kefu.customers.models import ContactPoint, Death, FamilyLink, Standing
from kefu.customers.sentences import OFFER_MERGED
from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.assignments.models import Assignment

STANDING = ("grade", "demand", "deal_state", "importance", "closable_amount", "expected_on", "due_on", "tracked_on")


def unite_contacts(joining: Joining) -> None:
    """The same number is kept once; whoever of the two owned it, the survivor does. Retired ones stay retired (CUS-001)."""
    mine = {
        (one.kind, one.value): one for one in ContactPoint.objects.filter(customer_id=joining.survivor_id, active=True)
    }
    theirs = ContactPoint.objects.filter(customer_id=joining.merged_id)
    twice = [(one, mine[key]) for one in theirs.filter(active=True) if (key := (one.kind, one.value)) in mine]
    gained = [twin.pk for one, twin in twice if one.kind == ContactKind.PHONE and one.owns and not twin.owns]
    joining.set(theirs.filter(pk__in=[one.pk for one, _twin in twice]), active=False, owns=False)
    joining.set(ContactPoint.objects.filter(pk__in=gained), owns=True, family_link_id=None)
    joining.set(theirs, customer_id=joining.survivor_id)


def _unite_family(joining: Joining, near: str, far: str) -> None:
    """Links between the two end; a relative whom both have is kept once, and shared numbers hang on the link that stays."""
    survivor, merged = joining.survivor_id, joining.merged_id
    links = FamilyLink.objects
    between = Q(customer=survivor, relative=merged) | Q(customer=merged, relative=survivor)
    joining.set(links.filter(between, active=True), active=False)
    both = links.filter(active=True, relative__isnull=False)
    known = {getattr(one, far): one for one in both.filter(**{near: survivor})}
    theirs = links.filter(**{near: merged}).exclude(**{far: survivor})
    for link in both.filter(**{near: merged}):
        twin = known.get(getattr(link, far))
        if twin is not None:
            joining.set(links.filter(pk=link.pk), active=False)
            joining.set(ContactPoint.objects.filter(family_link=link), family_link_id=twin.pk)
    joining.set(theirs, **{near: survivor})


unite_family = partial(_unite_family, near="customer_id", far="relative_id")
unite_relatives = partial(_unite_family, near="relative_id", far="customer_id")


def unite_standings(joining: Joining) -> None:
    """Of two standings the one tracked last holds; the merged customer's stays where it was, closed with its archive (CUS-016)."""
    mine = Standing.objects.filter(customer_id=joining.survivor_id)
    theirs = Standing.objects.filter(customer_id=joining.merged_id)
    if not mine.exists():
        joining.set(theirs, customer_id=joining.survivor_id)
        return
    later = theirs.filter(tracked_on__gt=mine.values("tracked_on")[:1]).values(*STANDING).first()
    if later is not None:
        joining.set(mine, **later)


def one_who_died(_survivor_id: int, merged_id: int) -> list[Obstacle]:
    """The archive of somebody who died is the one that stays; one that is to stay is open, so nobody comes to life by a merge."""
    died = Death.objects.filter(customer_id=merged_id, undone_at__isnull=True).exists()
    return (
        [Obstacle(_("并入的档案登记了去世，请先核对、更正"), reverse("customers:page", args=[merged_id]))]
        if died
        else []
    )


def open_offers_of(customer_id: int) -> list[Assignment]:
    """Hand-overs around a customer that wait for an answer, locked; whoever locks the customer as well comes here first."""
    waiting = Assignment.objects.filter(customer_id=customer_id, state=AssignmentState.OFFERED)
    return list(waiting.select_for_update(no_key=True).order_by("pk"))


def unite_offers(joining: Joining) -> None:
    """What was offered about a customer who is none any more is taken back; hand-overs of records move with them."""
    theirs = Assignment.objects.filter(customer_id=joining.merged_id)
    person = theirs.filter(subject_kind="customers.customer", state=AssignmentState.OFFERED)
    joining.set(person, state=AssignmentState.WITHDRAWN.value, answered_at=joining.at, answer=OFFER_MERGED.code)
    joining.set(theirs, customer_id=joining.survivor_id)
