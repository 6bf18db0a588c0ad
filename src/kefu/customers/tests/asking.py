"""A customer's data is to rest or to be gone: what the stories about it share."""

from datetime import timedelta

import pytest

from kefu.customers.actions import check_identity
from kefu.customers.actions.privacy import approve_privacy, ask_privacy
from kefu.customers.models import Customer
from kefu.kernel.errors import Refused


def ask(cast, customer, kind="erase", asker="self", by=None, at=None, **more):
    at = at or cast.at
    if asker != "authority" and kind != "lift":
        check_identity(customer=customer, method="id_card", result="passed", by=by or cast.manager, at=at)
    return ask_privacy(customer=customer, kind=kind, asker=asker, ground="不想再被联系", by=by or cast.manager, at=at + timedelta(minutes=1), **more)  # fmt: skip


def code_of(verb, **given):
    with pytest.raises(Refused) as refusal:
        verb(**given)
    return refusal.value.code


def fresh(customer):
    return Customer.objects.get(pk=customer.pk)


def typed(customer):
    return fresh(customer).archive_number or f"#{customer.pk}"


def erase(cast, customer, by=None, **given):
    asked = ask(cast, customer, **given)
    return approve_privacy(
        request=asked, typed=typed(customer), by=by or cast.director, at=cast.at + timedelta(hours=1)
    )
