"""The cast with a cashier of Beijing and a customer who owes for two orders."""

from decimal import Decimal

import pytest

from kefu.administration.content import load_roles
from kefu.billing.actions import record_charge
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject
from kefu.foundation.sentences.saying import plain
from kefu.organisation.models import Grant, Role, User
from kefu.testing.scenes import scene


def colleague(cast, username, role, name, number):
    """One more person of Beijing."""
    load_roles(only=frozenset({role}), by=None, at=cast.at)
    user = User(username=username, job_number=number, name=name, node=cast.bj, undertaking_signed_on=cast.at.date())
    user.set_unusable_password()
    user.save()
    Grant.objects.create(user=user, role=Role.objects.get(code=role), node=cast.bj, valid_from="2026-01-05")
    return user


@scene
def cashier(cast):
    return colleague(cast, "cashier", "cashier", "白示安", "2091")


@scene
def finance(cast):
    return colleague(cast, "finance", "finance", "白示宁", "2092")


@scene
def shen(cast):
    return Customer.objects.create(name="沈知夏", node=cast.bj, doctor=cast.doctor, health_manager=cast.manager,
                                   created_by=cast.manager, created_at=cast.at)  # fmt: skip


@pytest.fixture
def owes(cast, shen):
    """Charge an amount for an order of that number."""

    def charge(amount, order, customer=shen):
        subject = Subject("lab.order", order)
        item = plain(f"检测单 JC26{order:05d}")
        return record_charge(
            customer=customer, subject=subject, amount=Decimal(amount), item=item, by=cast.manager, at=cast.at
        )

    return charge
