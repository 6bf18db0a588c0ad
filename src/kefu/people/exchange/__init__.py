"""Staff and institutions from spreadsheets, by the same rules as on screen."""

from kefu.people.exchange.institutions import INSTITUTIONS
from kefu.people.exchange.staff import STAFF

__all__ = ["INSTITUTIONS", "STAFF"]
