"""The cast with the shipped catalogue, leadership, a central warehouse and a manufacturer."""

from datetime import date

from kefu.administration.content import load_roles
from kefu.organisation.models import Grant, Role, User
from kefu.products import content
from kefu.purchasing.testing import Buyers, supplied
from kefu.stock.testing import open_with_zones
from kefu.testing.scenes import scene

GOODS = [("N-014", "FO-60", 12, 24, "80.00"), ("N-017", "PB-30", 6, 6, "50.00")]


def colleague(cast, number, name, role):
    user = User(username=f"u{number}", job_number=number, name=name, node=cast.hq, undertaking_signed_on=cast.at.date())
    user.set_unusable_password()
    user.save()
    Grant.objects.create(user=user, role=Role.objects.get(code=role), node=cast.hq, valid_from=date(2026, 1, 5))
    return user


@scene
def shop(cast):
    content.load(by=cast.admin, at=cast.at)
    load_roles(only=frozenset({"leadership", "finance"}), by=None, at=cast.at)
    cast.leader = colleague(cast, "1001", "林示和", "leadership")
    cast.leader2 = colleague(cast, "1003", "林示清", "leadership")
    return cast


@scene
def buyers(shop):
    return Buyers(shop.product_manager, shop.leader, shop.central_keeper)


@scene
def central(shop):
    return open_with_zones(
        node=shop.hq, code="WH-HQ", keeper=shop.central_keeper, by=shop.admin, at=shop.at, central=True
    )


@scene
def beijing(shop):
    return open_with_zones(node=shop.bj, code="WH-BJ", keeper=shop.keeper, by=shop.admin, at=shop.at)


@scene
def maker(shop):
    return supplied(code="SUP-M1", name="演示营养厂家甲", goods=GOODS, by=shop.product_manager, at=shop.at)
