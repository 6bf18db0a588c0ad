"""Papers of the customers, and who may open their files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.customers.models import ConsentEntry, Customer, PrivacyRequest
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.consents import CONSENT, CONSENT_SHEET, texts_in_use
from kefu.customers.queries.privacy import REQUEST
from kefu.customers.queries.readers import READERS, looks, readers
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.organisation.models import User

READERS_MOST = 1000
"""The latest looks, on paper."""


def consent_sheet(customer_id: int) -> dict[str, object]:
    """All texts in use, each to be ticked for itself."""
    customer = Customer.objects.select_related("node").get(pk=customer_id)
    return {
        "number": customer.archive_number or "",
        "node": customer.node.zh,
        "customer": customer.name,
        "texts": texts_in_use(),
        "signatures": [_("客户或监护人"), _("与客户关系"), _("日期"), _("经办人")],
    }


def readers_sheet(customer_id: int) -> dict[str, object]:
    """Who looked at the customer's data, the latest first."""
    customer = Customer.objects.select_related("node").get(pk=customer_id)
    found = list(readers(customer).order_by("-at", "-id")[: READERS_MOST + 1])
    return {
        "number": customer.archive_number or "",
        "node": customer.node.zh,
        "customer": customer.name,
        "looks": looks(found[:READERS_MOST]),
        "most": READERS_MOST if len(found) > READERS_MOST else 0,
    }


def _sees(user: User, customer_id: int) -> bool:
    return Customer.objects.visible_to(user).filter(pk=customer_id).exists()


def _sees_readers(user: User, customer_id: int) -> bool:
    return Customer.objects.visible_to(user, CustomerPermission.READERS_VIEW).filter(pk=customer_id).exists()


def _sees_consent(user: User, entry_id: int) -> bool:
    return Customer.objects.visible_to(user).filter(consents=entry_id).exists()


def _adds_to_consent(user: User, entry_id: int) -> bool:
    return Customer.objects.visible_to(user, CustomerPermission.CONSENT_RECORD).filter(consents=entry_id).exists()


def _customer_of(entry_id: int) -> int | None:
    return ConsentEntry.objects.filter(pk=entry_id).values_list("customer_id", flat=True).first()


def _decides(user: User, request_id: int) -> bool:
    return PrivacyRequest.objects.visible_to(user).filter(pk=request_id).exists()


def _asks(user: User, request_id: int) -> bool:
    seen = Customer.objects.visible_to(user, CustomerPermission.PRIVACY_ASK)
    return seen.filter(privacy_requests=request_id).exists()


def _asked_for(request_id: int) -> int | None:
    return PrivacyRequest.objects.filter(pk=request_id).values_list("customer_id", flat=True).first()


documents.register(CONSENT_SHEET, _("知情同意书"), "customers/print/consents.html", size="A4", context=consent_sheet)
documents.register(READERS, _("谁看过记录"), "customers/print/readers.html", size="A4", context=readers_sheet)
register_policy(CONSENT_SHEET, _sees, customer=lambda customer_id: customer_id)
register_policy(READERS, _sees_readers, customer=lambda customer_id: customer_id)
register_policy(CONSENT, _sees_consent, add=_adds_to_consent, customer=_customer_of)
register_policy(REQUEST, _decides, add=_asks, customer=_asked_for)
