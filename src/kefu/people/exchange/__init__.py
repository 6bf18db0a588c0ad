"""Staff and institutions from spreadsheets, by the same rules as on screen."""

from kefu.people.exchange.institutions import INSTITUTIONS
from kefu.people.exchange.lists import INSTITUTION_LIST, STAFF_LIST
from kefu.people.exchange.staff import STAFF

__all__ = ["INSTITUTIONS", "INSTITUTION_LIST", "STAFF", "STAFF_LIST"]
