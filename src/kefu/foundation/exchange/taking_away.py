"""Taking a list away: with the right, with a reason, noted, and no more than the person sees (SEC-001, SEC-003)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.queries import scope
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import action, record_read
from kefu.foundation.exchange.export import ExportFile, export_rows
from kefu.foundation.exchange.limits import EXPORT_ROWS
from kefu.foundation.exchange.lists import Asked, Listed
from kefu.foundation.exchange.permissions import ExchangePermission
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


@action
def export_list(
    *, listed: Listed, asked: Asked, reason: str, form: Literal["csv", "xlsx"], by: User, at: datetime
) -> ExportFile:
    """The list as its page shows it to the person, of places whose data he or she may take away.

    Each customer's own trail says that he or she was among them. Raises Forbidden, Invalid on `reason`, Refused `export_too_many`.
    """
    require(by, ExchangePermission.LIST_EXPORT)
    if not any(allowed(by, right) for right in listed.view):
        require(by, listed.view[0])
    rows = listed.rows(by, asked, at)
    for node in listed.nodes:
        rows = rows.filter(scope(by, ExchangePermission.LIST_EXPORT, node=node))
    most = EXPORT_ROWS.on(at, node_id=by.node_id)
    found = list(rows[: most + 1])
    if len(found) > most:
        raise Refused("export_too_many", _("一次最多导出 %d 行，请先筛选。") % most)
    columns = listed.shown(by, asked, at)
    lines = list(listed.read(found, by, at))
    cells = ([value(line) for _title, value in columns] for line in lines)
    titles = [title for title, _value in columns]
    code = f"{listed.code}.exported"
    file = export_rows(
        code=code, title=str(listed.title), columns=titles, rows=cells, reason=reason, by=by, at=at, form=form
    )
    for customer_id in dict.fromkeys(one for line in lines for one in listed.customers(line)):
        if customer_id is not None:
            record_read(code, by=by, at=at, customer_id=customer_id, kind=Kind.EXPORT, reason=reason.strip())
    return file
