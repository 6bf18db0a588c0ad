"""A stocked centre with a dispatch department and signed orders: for the tests of this module, of pages and permissions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kefu.administration.content import load_roles
from kefu.customers.models import Customer
from kefu.organisation.models import Grant, Role, User
from kefu.products.models import Product
from kefu.sales import actions
from kefu.sales.actions import Line, Prescribed
from kefu.sales.models import Purchase
from kefu.testing.cast import Cast


def dispatcher_of(cast: Cast) -> User:
    """Somebody of the dispatch department in Beijing."""
    load_roles(only=frozenset({"dispatch_department"}), by=None, at=cast.at)
    user = User(username="dispatcher", job_number="2031", name="白示达", node=cast.bj, undertaking_signed_on=date(2026, 1, 5))
    user.set_unusable_password()
    user.save()
    role = Role.objects.get(code="dispatch_department")
    Grant.objects.create(user=user, role=role, node=cast.bj, valid_from=date(2026, 1, 5))
    return user


def signed_order(cast: Cast, customer: Customer, packs: int) -> Purchase:
    """A signed order of fish oil."""
    Product.objects.filter(code="N-014").update(price=Decimal("298.00"), pieces_per_pack=60)
    oil = Product.objects.get(code="N-014")
    made = actions.prescribe(customer=customer, doctor=cast.doctor, products=[Prescribed(oil, 4)], by=cast.doctor, at=cast.at)
    actions.enter_lines(purchase=made, lines=[Line(oil, packs)], by=cast.manager, at=cast.at)
    return actions.sign(purchase=made, by=cast.manager, at=cast.at)
