"""The cast with the shipped catalogue and an empty Beijing warehouse."""

from kefu.products import content
from kefu.stock.testing import open_with_zones
from kefu.testing.scenes import scene


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
