"""Rights over taking lists away."""

from kefu.foundation.access.rules import Needed, Permission, grants


class ExchangePermission(Permission):
    """Taking a list away as a spreadsheet, on top of the right to see it."""

    LIST_EXPORT = "exchange:list:export"


grants({ExchangePermission.LIST_EXPORT: ("data_export", Needed.ACT)})
