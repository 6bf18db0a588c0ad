"""Finding customers by any part of their archive, within the person's scope (CUS-005, SEC-001)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from kefu.customers.choices import ContactKind
from kefu.customers.indexing import ARCHIVE, MEDICAL
from kefu.customers.models import Customer
from kefu.customers.models.customer import CustomerQuerySet
from kefu.customers.papers import digests_of
from kefu.customers.permissions import CustomerPermission
from kefu.customers.scopes import POOL_RIGHT
from kefu.foundation.access.queries import EVERYWHERE, access_of
from kefu.foundation.access.rules import Permission, need_of
from kefu.foundation.search.engine import FOUND, NOTHING, Shown, find_rows
from kefu.foundation.search.plans import Arm
from kefu.foundation.search.tokens import parse
from kefu.kernel.ids import parse_ident
from kefu.kernel.phones import PhoneError, normalise
from kefu.organisation.models import Node, User


def arms_of(user: User, permission: Permission = CustomerPermission.ARCHIVE_VIEW) -> list[Arm] | None:
    """The scope of `visible_to` as the search walks it: nodes, own customers, the pool. None means no limit."""
    access = access_of(user)
    reach = access.reach(permission)
    nodes = reach.nodes(need_of(permission).level)
    if nodes is EVERYWHERE:
        return None
    arms = [Arm("node_id", sorted(nodes), partition=True)]
    if reach.own:
        own, persons = sorted(reach.own), sorted(access.persons)
        here = f"t.node_id IN ({', '.join(str(node) for node in own)})"
        arms += [Arm("doctor_id", persons, here), Arm("health_manager_id", persons, here)]
        pool = sorted(access.pool_nodes(permission, POOL_RIGHT))
        arms.append(Arm("node_id", pool, "t.health_manager_id IS NULL", partition=True))
    return [arm for arm in arms if arm.values]


def search_ids(user: User, text: str, limit: int) -> list[int]:
    """Ids of the first customers that match, ranked: exact, then names that begin so, then the newest.

    For those who may see health data, customers whose medical history matches come last.
    """
    ids = [row[0] for row in _found(user, text, limit, NOTHING)]
    return list(dict.fromkeys([*(one.pk for one in with_paper(user, text)), *ids]))[:limit]


def search(user: User, text: str, limit: int = 20) -> list[Customer]:
    """The customers of `search_ids`, in that order, with what a hit shows: name, sex, stage, archive number, centre."""
    customers = with_paper(user, text)
    known = {one.pk for one in customers}
    for pk, *values, code, zh, en in _found(user, text, limit, HIT):
        customer = Customer.from_db(DEFAULT_DB_ALIAS, ["id", *COLUMNS], [pk, *values])
        customer.node = Node(pk=customer.node_id, code=code, zh=zh, en=en)
        if pk not in known:
            customers.append(customer)
    return customers[:limit]


COLUMNS = ("name", "sex", "stage", "archive_number", "node_id")
HIT = Shown(
    columns=(*(f"t.{column}" for column in COLUMNS), "n.code", "n.zh", "n.en"),
    join="JOIN organisation_node n ON n.id = t.node_id",
)


def _found(user: User, text: str, limit: int, shown: Shown) -> list[FOUND]:
    query = parse(text)
    found = find_rows(ARCHIVE, query, arms=arms_of(user), limit=limit, shown=shown)
    if len(found) < limit and query.tokens and access_of(user).may(CustomerPermission.MEDICAL_VIEW):
        arms, seen = arms_of(user, CustomerPermission.MEDICAL_VIEW), {row[0] for row in found}
        medical = find_rows(MEDICAL, query, arms=arms, limit=limit, shown=shown)
        found += [row for row in medical if row[0] not in seen][: limit - len(found)]
    return found


HEAVY = ("search_text", "grams", "medical_grams", "medical_history")
"""Columns no list needs."""


def with_paper(user: User, text: str) -> list[Customer]:
    """The customer in scope whose identity paper has this number, of whatever kind; nobody for what is no number (SEC-001)."""
    digests = digests_of(text)
    if not digests:
        return []
    having = Customer.objects.visible_to(user).in_use().filter(papers__digest__in=digests, papers__active=True)
    return list(having.select_related("node").defer(*HEAVY).distinct())


def with_phone(user: User, text: str) -> list[Customer]:
    """Everybody in scope whose phone number this is: a family shares one (CUS-037). Empty for what is no number."""
    try:
        value = normalise(text, allow_demo=not settings.PRODUCTION)
    except PhoneError:
        return []
    having = (
        Customer.objects.visible_to(user)
        .in_use()
        .filter(contacts__kind=ContactKind.PHONE, contacts__value=value, contacts__active=True)
    )
    return list(having.select_related("node").defer(*HEAVY).order_by("-contacts__owns", "pk"))


def possible_duplicates(
    user: User, *, name: str, birth_date: date | None = None, besides: int | None = None
) -> list[Customer]:
    """Customers in scope with the same name, and the same birth date where both are known."""
    if not name.strip():
        return []
    same = Customer.objects.visible_to(user).filter(name=name.strip()).select_related("node").defer(*HEAVY)[:20]
    others = [other for other in same if other.pk != besides]
    return [one for one in others if birth_date is None or one.birth_date is None or one.birth_date == birth_date]


def by_reference(user: User, text: str) -> Customer | None:
    """The customer in scope by id (15 or cus_15) or archive number, also those of an archive that became part of this customer's."""
    plain = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    pk = parse_ident(text, "cus") or plain
    named = Q(pk=pk) if pk else Q(archive_number=text.upper())
    return standing(Customer.objects.visible_to(user).select_related("node"), named)


def standing(found: CustomerQuerySet, named: Q) -> Customer | None:
    """The one customer of `found` who is meant, also by what named an archive that became part of his or hers."""
    direct = found.filter(named).first()
    if direct is not None:
        return direct
    once = Customer.objects.filter(named, merged_into__isnull=False).values_list("merged_into", flat=True).first()
    return found.filter(pk=once).first() if once else None
