"""A template exactly as one customer would get it, by every way; nothing is written or sent (APT-006)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import override

from kefu.customers.models import Customer
from kefu.foundation.notices.rules import places
from kefu.messaging import queries
from kefu.messaging.choices import Channel, Language, Withheld
from kefu.messaging.composing import compose, house_values
from kefu.messaging.limits import SIGNATURE, SMS_PRICE
from kefu.messaging.models import Template
from kefu.messaging.planning import plan
from kefu.messaging.presenting import masked
from kefu.messaging.rules import sms_parts
from kefu.messaging.shipped import sample_values


@dataclass(frozen=True)
class Arrival:
    """The words by one way, to which masked address; `parts` and `cost` of a text message; whether it is the way it would go."""

    channel: Channel
    address: str
    title: str
    body: str
    parts: int
    cost: Decimal
    chosen: bool


@dataclass(frozen=True)
class Trial:
    """One customer's message: in which language, why it would not leave if so, by every way, and the places that hold samples or nothing."""

    customer: Customer
    language: Language
    withheld: Withheld | None
    arrivals: list[Arrival]
    sampled: list[str]
    empty: list[str]


def trial(template: Template, customer: Customer, at: datetime) -> Trial:
    """What the house knows is the customer's own; what only a booking or report would say is a sample, and named."""
    language = Language(queries.wish_of(customer).language)
    addresses = queries.addresses(customer)
    with override(language):
        house = house_values(customer)
        values = sample_values() | house
        way = plan(template, customer, values, at)
        shown = [channel for channel in Channel if channel in template.channels and channel != Channel.BELL]
        arrivals = [_arrival(template, channel, values, addresses, way.channel, customer, at) for channel in shown]
    named = dict.fromkeys(
        name for text in (template.zh, template.en, template.email_body, template.wechat_first) for name in places(text)
    )
    sampled = [name for name in named if name not in house and name in values]
    empty = [name for name in named if not values.get(name)]
    return Trial(customer, language, way.withheld, arrivals, sampled, empty)


def _arrival(
    template: Template, channel: Channel, values: Mapping[str, str], addresses: Mapping[str, str], chosen: str, customer: Customer, at: datetime
) -> Arrival:  # fmt: skip
    missing = {name: f"{{{name}}}" for name in template.variables if not values.get(name)}
    words = compose(template, channel, {**values, **missing}, SIGNATURE.on(at))
    parts = sms_parts(words.body) if channel == Channel.SMS else 0
    cost = parts * SMS_PRICE.on(at, node_id=customer.node_id)
    return Arrival(
        channel, masked(channel, addresses.get(channel, "")), words.title, words.body, parts, cost, channel == chosen
    )
