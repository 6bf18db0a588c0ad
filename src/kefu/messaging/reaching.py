"""How many customers at once are reached by a template, or why not: the same answers as for one (`queries`), in six queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import F

from kefu.customers.choices import ConsentState, ContactWay, Stage
from kefu.customers.models import ConsentEntry, ContactPoint, Customer
from kefu.customers.models.facts import Death
from kefu.customers.queries.consents import MARKETING
from kefu.messaging.choices import Language, Withheld
from kefu.messaging.models import OptOut, Template, Wish
from kefu.messaging.queries import GREETING, channel_of
from kefu.messaging.rules import choose_channel, preferring


@dataclass
class Reach:
    """One customer: in which language, by which channel to which address, or why not."""

    language: str = Language.CHINESE
    channel: str = ""
    address: str = ""
    withheld: Withheld | None = None


@dataclass
class _Facts:
    """What is known of the customers asked about, by id."""

    addresses: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    agreed: set[tuple[int, str]] = field(default_factory=set)
    opted_out: set[int] = field(default_factory=set)
    died: set[int] = field(default_factory=set)
    wishes: dict[int, Wish] = field(default_factory=dict)


def reach_of(customers: Collection[Customer], template: Template, open_channels: Collection[str]) -> dict[int, Reach]:
    """By customer, how a message from the template would leave or why it would not (FUP-008, SEC-001)."""
    facts = _facts([customer.pk for customer in customers], template)
    return {customer.pk: _reach(customer, template, facts, open_channels) for customer in customers}


def _facts(ids: list[int], template: Template) -> _Facts:
    found = _Facts()
    for point in ContactPoint.objects.filter(customer__in=ids, active=True).order_by(
        F("doubted_at").asc(nulls_first=True), "-owns", "id"
    ):
        if channel := channel_of(point):
            found.addresses[point.customer_id].setdefault(channel, point.value)
    found.died = set(
        Death.objects.filter(customer__in=ids, undone_at__isnull=True).values_list("customer_id", flat=True)
    )
    found.wishes = {wish.customer_id: wish for wish in Wish.objects.filter(customer__in=ids)}
    if template.needs_consent:
        found.opted_out = set(
            OptOut.objects.filter(customer__in=ids, ended_at__isnull=True).values_list("customer_id", flat=True)
        )
        found.agreed = set(_agreements(ids))
    return found


def _agreements(ids: list[int]) -> Iterable[tuple[int, str]]:
    """Customer and channel of every agreement to greetings and activities that counts now."""
    ways = {scope.value: way.value for way, scope in MARKETING.items()}
    rows = ConsentEntry.objects.filter(customer__in=ids, scope__in=ways, outranked=False)
    latest = rows.order_by("customer_id", "scope", "-at", "-id").distinct("customer_id", "scope")
    return [
        (pk, ways[scope])
        for pk, scope, state in latest.values_list("customer_id", "scope", "state")
        if state == ConsentState.GIVEN
    ]


def _reach(customer: Customer, template: Template, facts: _Facts, open_channels: Collection[str]) -> Reach:
    wish = facts.wishes.get(customer.pk)
    reach = Reach(language=wish.language if wish else Language.CHINESE)
    addresses = facts.addresses.get(customer.pk, {})
    allowed = {
        channel: address for channel, address in addresses.items()
        if not template.needs_consent or (customer.pk, ContactWay(channel).value) in facts.agreed
    }  # fmt: skip
    channels = preferring(template.channels, wish.channel if wish else "")
    agreed = choose_channel(channels, allowed, open_channels)
    chosen = agreed or choose_channel(channels, addresses, open_channels)
    reach.channel, reach.address = chosen or ("", "")
    reach.withheld = _withheld(customer, template, facts, wish)
    if reach.withheld is None and agreed is None:
        reach.withheld = Withheld.NO_CONSENT if chosen else Withheld.NO_ADDRESS
    return reach


def _withheld(customer: Customer, template: Template, facts: _Facts, wish: Wish | None) -> Withheld | None:
    if customer.restricted_at is not None or customer.erased_at is not None:
        return Withheld.RESTRICTED
    if customer.stage == Stage.CLOSED:
        return Withheld.DIED if customer.pk in facts.died else Withheld.CLOSED
    if customer.pk in facts.opted_out:
        return Withheld.OPTED_OUT
    return Withheld.NO_GREETINGS if template.group == GREETING and wish and wish.no_greetings else None
