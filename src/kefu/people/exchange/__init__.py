"""Staff and institutions from spreadsheets, by the same rules as on screen; the registers as spreadsheets."""

from kefu.people.exchange import lists  # registers by being imported
from kefu.people.exchange.institutions import INSTITUTIONS
from kefu.people.exchange.staff import STAFF

__all__ = ["INSTITUTIONS", "STAFF", "lists"]
