"""The cast with the shipped catalogue and an empty Beijing warehouse."""

from datetime import date, timedelta

from kefu.administration.content import load_roles
from kefu.organisation.models import Grant, Role, User
from kefu.products import content
from kefu.stock.testing import open_with_zones, stock_in
from kefu.testing.scenes import scene

AUTUMN, JUNE = date(2026, 11, 30), date(2027, 6, 30)


@scene
def shop(cast):
    content.load(by=cast.admin, at=cast.at)
    return cast


@scene
def beijing(shop):
    return open_with_zones(node=shop.bj, code="WH-BJ", keeper=shop.keeper, by=shop.admin, at=shop.at)


@scene
def central(shop):
    return open_with_zones(
        node=shop.hq, code="WH-HQ", keeper=shop.central_keeper, by=shop.admin, at=shop.at, central=True
    )


@scene
def house(shop, beijing):
    """Beijing with a leader over it; a lot that ends on the last of November, others that last."""
    load_roles(only=frozenset({"leadership"}), by=None, at=shop.at)
    leader = User.objects.create(
        username="leader", job_number="1001", name="林示和", node=shop.hq, undertaking_signed_on=shop.at.date()
    )
    role = Role.objects.get(code="leadership")
    Grant.objects.create(user=leader, role=role, node=shop.hq, valid_from=date(2026, 1, 5))
    shop.leader, shop.later = leader, shop.at + timedelta(days=10)
    rows = [("N-014", "OLD", 12, AUTUMN), ("N-014", "NEW", 20, JUNE), ("N-001", "OTHER", 9, JUNE)]
    stock_in(beijing, rows, by=shop.keeper, at=shop.at)
    return shop
