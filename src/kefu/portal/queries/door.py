"""Who is inside, and how often somebody knocked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum

from kefu.appointments.queries.requests import owner_of_number
from kefu.customers.models import Customer
from kefu.portal.limits import CODE_TRIES, CODES_OF_ADDRESS, CODES_OF_PHONE, GUESSES_OF_ADDRESS, LOCK_MINUTES
from kefu.portal.models import Visit
from kefu.portal.rules import digest_of

HOUR = timedelta(hours=1)
LONGEST = 200


def visit_inside(token: str, at: datetime) -> Visit | None:
    """The visit of a browser that is inside."""
    found = _open(token, at)
    return found if found is not None and found.proven_at is not None else None


def visit_at_door(token: str, at: datetime) -> Visit | None:
    """The visit of a browser that still owes the code."""
    found = _open(token, at)
    return found if found is not None and found.proven_at is None else None


def customer_of(visit: Visit) -> Customer | None:
    """The customer to whom the proven number belongs; None for somebody new."""
    found = owner_of_number(visit.phone)
    return Customer.objects.select_related("node", "doctor", "health_manager").get(pk=found.pk) if found else None


def locked_until(phone: str, at: datetime) -> datetime | None:
    """Until when a number gets no code, after too many wrong guesses."""
    wait = timedelta(minutes=LOCK_MINUTES.on(at))
    guessed = Visit.objects.filter(phone=phone, began_at__gt=at - wait - HOUR, tries__gte=CODE_TRIES.on(at))
    last = guessed.order_by("-code_until").values_list("ended_at", flat=True).first()
    return last + wait if last and last + wait > at else None


def knocks_too_often(phone: str, address: str | None, at: datetime) -> bool:
    """Whether a number or a network address has had all its codes of the hour, or an address made too many wrong guesses."""
    recent = Visit.objects.filter(began_at__gt=at - HOUR)
    if recent.filter(phone=phone).count() >= CODES_OF_PHONE.on(at):
        return True
    if address is None:
        return False
    near = recent.filter(address=address)
    return near.count() >= CODES_OF_ADDRESS.on(at) or guesses(near) >= GUESSES_OF_ADDRESS.on(at)


def guesses(visits: QuerySet[Visit]) -> int:
    """How many wrong codes were given."""
    return visits.aggregate(total=Sum("tries"))["total"] or 0


def _open(token: str, at: datetime) -> Visit | None:
    if not token or len(token) > LONGEST:
        return None
    return Visit.objects.filter(digest=digest_of(token), ended_at__isnull=True, expires_at__gt=at).first()
