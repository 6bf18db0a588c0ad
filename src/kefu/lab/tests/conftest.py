"""The cast with working calendars, a stocked Beijing centre and a customer with an archive."""

from kefu.foundation.worktime.content import load_calendars
from kefu.lab.testing import open_customer, stock_kits
from kefu.testing.scenes import scene


@scene
def centre(cast):
    load_calendars(by=cast.admin, at=cast.at)
    stock_kits(cast)
    return cast


@scene
def customer(centre):
    return open_customer(centre)
