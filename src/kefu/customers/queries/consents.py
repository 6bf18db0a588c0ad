"""What a customer agrees to now, and whether the house may turn to him or her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from kefu.customers.choices import ConsentScope, ConsentState, ContactPurpose, ContactWay, Stage
from kefu.customers.models import ConsentEntry, ConsentText, Customer
from kefu.customers.rules import may_turn_to
from kefu.customers.shipped import consent_words

CONSENT = "customers.consent"
"""What scans of a signed consent hang on."""
CONSENT_SHEET = "customers.consent_sheet"
MARKETING = {
    ContactWay.PHONE: ConsentScope.MARKETING_PHONE, ContactWay.SMS: ConsentScope.MARKETING_SMS,
    ContactWay.WECHAT: ConsentScope.MARKETING_WECHAT, ContactWay.EMAIL: ConsentScope.MARKETING_EMAIL,
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """One scope and the latest row about it, None while nobody asked."""

    scope: ConsentScope
    entry: ConsentEntry | None
    asked: int  # the version that is asked now

    @property
    def given(self) -> bool:
        """Whether the customer agrees."""
        return self.entry is not None and self.entry.state == ConsentState.GIVEN

    @property
    def outdated(self) -> bool:
        """Whether the customer agreed to earlier words than those asked now."""
        return self.given and self.entry is not None and self.entry.text.version < self.asked


def ledger(customer: Customer) -> QuerySet[ConsentEntry]:
    """Every row of the customer, the latest first; order and page by `-at, -id`."""
    people = ("text", "by", "guardian__relative")
    return ConsentEntry.objects.filter(customer=customer).select_related(*people).order_by("-at", "-id")


def standings(customer: Customer) -> list[Standing]:
    """What the customer agrees to, scope by scope. Two queries."""
    latest = ledger(customer).filter(outranked=False).order_by("scope", "-at", "-id").distinct("scope")
    entries = {entry.scope: entry for entry in latest}
    versions = dict(ConsentText.objects.filter(current=True).values_list("scope", "version"))
    return [Standing(scope, entries.get(scope), versions.get(scope, 1)) for scope in ConsentScope]


def standing_of(customer: Customer | int, scope: ConsentScope) -> ConsentEntry | None:
    """The row that counts for one scope, None while nobody asked."""
    pk = customer if isinstance(customer, int) else customer.pk
    rows = ConsentEntry.objects.filter(customer_id=pk, scope=scope, outranked=False).select_related("text")
    return rows.order_by("-at", "-id").first()


def agreed(customer: Customer, scope: ConsentScope) -> bool:
    """Whether the customer agrees to this now; nobody agrees to anything that was never asked (SEC-001)."""
    entry = standing_of(customer, scope)
    return entry is not None and entry.state == ConsentState.GIVEN


def may_contact(customer: Customer, way: ContactWay, purpose: ContactPurpose) -> bool:
    """Whether we may turn to the customer this way for this: never to one who is closed or whose data rests, for marketing only by
    consent (SEC-001)."""
    marketing = purpose == ContactPurpose.MARKETING
    return may_turn_to(
        closed=customer.stage == Stage.CLOSED or customer.restricted_at is not None,
        marketing=marketing,
        agreed=marketing and agreed(customer, MARKETING[way]),
    )


def texts_in_use() -> list[ConsentText]:
    """What is asked now, scope by scope: as an administrator wrote it, else as shipped. One query."""
    written = {text.scope: text for text in ConsentText.objects.filter(current=True).select_related("by")}
    return [
        written.get(scope) or ConsentText(scope=scope, version=1, **consent_words()[scope]) for scope in ConsentScope
    ]


def text_asked(scope: str) -> ConsentText | None:
    """The text asked now for one scope; None for an unknown one."""
    return next((text for text in texts_in_use() if text.scope == scope), None)


def versions_of(scope: str) -> Sequence[ConsentText]:
    """The versions of a text that were ever in use, the latest first."""
    return list(ConsentText.objects.filter(scope=scope).select_related("by").order_by("-version")[:50])
