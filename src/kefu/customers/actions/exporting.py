"""The customer list leaves the house as a spreadsheet (SEC-001, SEC-003)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from kefu.customers.columns import COLUMNS
from kefu.customers.limits import EXPORT_MOST
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries import CustomerFilter, exportable
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record_read
from kefu.foundation.exchange.export import ExportFile, export_rows
from kefu.foundation.lists.columns import Column, Reader, chosen, loading
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

CODE = "customers.list.exported"


@action
def export_customers(
    *,
    narrow: CustomerFilter,
    columns: Sequence[str] = (),
    reason: str,
    form: Literal["csv", "xlsx"],
    by: User,
    at: datetime,
) -> ExportFile:
    """The list as it is shown, only of customers the person sees and may take away: the same filters, order, columns and masks.

    Each customer's own trail says that he or she was among them. Raises Forbidden, Invalid on `reason`, Refused `export_too_many`.
    """
    require(by, CustomerPermission.LIST_EXPORT)
    require(by, CustomerPermission.ARCHIVE_VIEW)
    most = EXPORT_MOST.on(at, node_id=by.node_id)
    shown = chosen([one for one in COLUMNS if one.needs is None or access_of(by).may(one.needs)], columns)
    found = list(loading(exportable(by, narrow), shown)[: most + 1])
    if len(found) > most:
        raise Refused("export_too_many", _("一次最多导出 %d 位客户，请先筛选。") % most)
    reader, titles = Reader(by, at), [title for column in shown for title in column.titles()]
    rows = [[value for column in shown for value in _values(column, customer, reader)] for customer in found]
    file = export_rows(code=CODE, title=_("客户"), columns=titles, rows=rows, reason=reason, by=by, at=at, form=form)
    for customer in found:
        record_read(CODE, by=by, at=at, customer_id=customer.pk, subject=Subject("customers.customer", customer.pk),
                    node_id=customer.node_id, kind=Kind.EXPORT, reason=reason)  # fmt: skip
    return file


def _values(column: Column[Customer], customer: Customer, reader: Reader) -> list[object]:
    """Where the column's own right does not reach the customer, the cells are empty as on the page."""
    if column.needs is None or allowed(reader.user, column.needs, customer=customer):
        return column.values(customer, reader)
    return ["" for _title in column.titles()]
