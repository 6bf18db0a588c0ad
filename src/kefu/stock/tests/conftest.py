"""The cast with the shipped catalogue and an empty Beijing warehouse."""

import pytest

from kefu.products import content
from kefu.stock.testing import open_with_zones


@pytest.fixture
def shop(cast):
    content.load(by=cast.admin, at=cast.at)
    return cast


@pytest.fixture
def beijing(shop):
    return open_with_zones(node=shop.bj, code="WH-BJ", keeper=shop.keeper, by=shop.admin, at=shop.at)


@pytest.fixture
def central(shop):
    return open_with_zones(
        node=shop.hq, code="WH-HQ", keeper=shop.central_keeper, by=shop.admin, at=shop.at, central=True
    )
