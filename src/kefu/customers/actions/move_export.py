"""The report of a move of customers leaves the house as a spreadsheet (ORG-013, SEC-003)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kefu.customers.models import MovedCustomer, TerritoryMove
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.moves import rows
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.checks import require
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record_read
from kefu.foundation.exchange.export import ExportFile, export_rows
from kefu.organisation.models import User

CODE = "customers.move.exported"
COLUMNS = (
    gettext_lazy("健康档案号"), gettext_lazy("姓名"), gettext_lazy("结果"), gettext_lazy("原因"), gettext_lazy("现在的机构"),
    gettext_lazy("健康管理师"), gettext_lazy("功能医生"),
)  # fmt: skip


@action
def export_move(
    *, move: TerritoryMove, reason: str, form: Literal["csv", "xlsx"], by: User, at: datetime
) -> ExportFile:
    """A row per customer with what became of it, of those the person may take away. Raises Forbidden, OutOfScope, Invalid (`reason`)."""
    for place_id in (move.source_id, move.target_id):
        require(by, CustomerPermission.TERRITORY_MOVE, node_id=place_id)
    require(by, CustomerPermission.LIST_EXPORT)
    reached = customer_scope(by, CustomerPermission.LIST_EXPORT, "customer__")
    found = list(rows(move).filter(reached).order_by("customer_id"))
    file = export_rows(
        code=CODE,
        title=_("属地划转"),
        columns=COLUMNS,
        rows=[_row(one) for one in found],
        reason=reason,
        by=by,
        at=at,
        form=form,
    )
    for one in found:
        record_read(CODE, by=by, at=at, customer_id=one.customer_id, subject=Subject("customers.territory_move", move.pk),
                    node_id=one.customer.node_id, kind=Kind.EXPORT, reason=reason)  # fmt: skip
    return file


def _row(row: MovedCustomer) -> list[object]:
    one = row.customer
    people = [f"{person.name} {person.job_number}" if person else "" for person in (one.health_manager, one.doctor)]
    return [one.archive_number, one.name, row.get_result_display(), row.why_words, one.node.label, *people]
