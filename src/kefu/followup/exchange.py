"""The list of customers to contact, taken away as a spreadsheet with the columns that were chosen."""

from kefu.followup.bulk import DUE, FOLLOWUPS
from kefu.foundation.exchange.lists import register
from kefu.foundation.lists.exporting import away

register(away(FOLLOWUPS, code=DUE, nodes=("customer__node_id",), customers=lambda one: (one.customer_id,)))
