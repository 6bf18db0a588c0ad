"""How one message would leave: by which way, where to, with which words, or why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kefu.customers.models import Customer
from kefu.messaging import queries
from kefu.messaging.choices import Withheld
from kefu.messaging.composing import Words, compose, missing_values, with_calendar
from kefu.messaging.limits import SIGNATURE
from kefu.messaging.models import Template
from kefu.messaging.rules import choose_channel, preferring


@dataclass(frozen=True)
class Plan:
    """How a message would leave, or why it does not."""

    channel: str
    address: str
    words: Words
    withheld: Withheld | None


def plan(
    template: Template, customer: Customer, values: Mapping[str, str], at: datetime, *, without: Collection[str] = (),
    calendar: Callable[[], str] | None = None,
) -> Plan:  # fmt: skip
    """The way the customer likes best and may be reached by, among those of the template not left out. In the active language."""
    withheld = queries.reason_to_withhold(template, customer)
    channels = [one for one in preferring(template.channels, queries.wish_of(customer).channel) if one not in without]
    open_channels = queries.open_channels(channels)
    agreed = choose_channel(channels, queries.agreed_addresses(template, customer), open_channels)
    chosen = agreed or choose_channel(channels, queries.addresses(customer), open_channels)
    channel, address = chosen or ("", "")
    if withheld is None and agreed is None:
        withheld = Withheld.NO_CONSENT if chosen else Withheld.NO_ADDRESS
    missing = missing_values(template, channel, values)
    if missing:
        values = {**values, **{name: f"{{{name}}}" for name in missing}}
        withheld = withheld or Withheld.INCOMPLETE
    words = compose(template, channel, values, SIGNATURE.on(at))
    return Plan(channel, address, with_calendar(words, channel, calendar()) if calendar else words, withheld)
