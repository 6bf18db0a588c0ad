"""Requests about a customer's data, and what keeps it from being erased (SEC-001)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet

from kefu.customers.choices import RequestState
from kefu.customers.erasing import last_service
from kefu.customers.limits import RETENTION_YEARS
from kefu.customers.models import Customer, LegalHold, PrivacyRequest
from kefu.customers.queries.merges import ids_under
from kefu.foundation.files.models import Attachment
from kefu.organisation.models import User

REQUEST = "customers.privacy_request"
"""What scans of a request hang on."""


def requests_of(customer: Customer) -> QuerySet[PrivacyRequest]:
    """What was asked about the customer's data, the latest first."""
    return customer.privacy_requests.select_related("by", "decided_by", "check_made__link__relative").order_by(
        "-at", "-id"
    )


def scans_of(requests: Iterable[PrivacyRequest]) -> dict[int, list[Attachment]]:
    """The scans of written requests, by request. One query."""
    found = Attachment.objects.counting().filter(subject_kind=REQUEST, subject_id__in=[one.pk for one in requests])
    scans: dict[int, list[Attachment]] = {}
    for scan in found.order_by("pk"):
        scans.setdefault(scan.subject_id, []).append(scan)
    return scans


def requests_for(user: User) -> QuerySet[PrivacyRequest]:
    """Requests within the person's reach that are still to be decided or carried out, the earliest due first; page by `due_on, id`."""
    open_ones = PrivacyRequest.objects.visible_to(user).filter(state__in=(RequestState.ASKED, RequestState.WAITING))
    return open_ones.select_related("customer__node", "by", "decided_by").order_by("due_on", "id")


def requests_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[PrivacyRequest]:
    """The requests as their page shows them."""
    return requests_for(user)


def to_decide(user: User) -> QuerySet[PrivacyRequest]:
    """Requests this person could decide: entered by somebody else."""
    return requests_for(user).filter(state=RequestState.ASKED).exclude(by=user)


def holds_of(customer: Customer) -> QuerySet[LegalHold]:
    """Holds on the customer's data, the latest first."""
    return customer.legal_holds.select_related("by", "lifted_by")


def on_hold(customer: Customer) -> bool:
    """Whether a court, an authority or a complaint needs the data now."""
    return LegalHold.objects.filter(customer__in=ids_under(customer.pk), lifted_at__isnull=True).exists()


def kept_until(customer: Customer, at: datetime) -> date | None:
    """Until when the law keeps the medical record; None for somebody who has none."""
    last = last_service(ids_under(customer.pk))
    if last is None:
        return None
    year = last.year + RETENTION_YEARS.on(at, node_id=customer.node_id)
    return date(year, 3, 1) if (last.month, last.day) == (2, 29) else last.replace(year=year)


def type_to_erase(customer: Customer) -> str:
    """What the second person types so that the right customer is erased: the archive number, of a lead the number of the record."""
    return customer.archive_number or f"#{customer.pk}"
