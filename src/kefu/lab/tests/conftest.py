"""The cast with working calendars, a stocked Beijing centre and a customer with an archive."""

import pytest

from kefu.foundation.worktime.content import load_calendars
from kefu.lab.testing import open_customer, stock_kits


@pytest.fixture
def centre(cast):
    load_calendars(by=cast.admin, at=cast.at)
    stock_kits(cast)
    return cast


@pytest.fixture
def customer(centre):
    return open_customer(centre)
