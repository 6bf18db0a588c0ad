"""The customer list leaves the house as a spreadsheet (SEC-001, SEC-003)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kefu.customers.choices import ContactKind
from kefu.customers.limits import EXPORT_MOST
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries import CustomerFilter, exportable
from kefu.customers.queries.reading import mask
from kefu.foundation.access.checks import require
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record_read
from kefu.foundation.exchange.export import ExportFile, export_rows
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

CODE = "customers.list.exported"
COLUMNS = (
    gettext_lazy("健康档案号"), gettext_lazy("姓名"), gettext_lazy("性别"), gettext_lazy("年龄"), gettext_lazy("电话"), gettext_lazy("阶段"),
    gettext_lazy("分中心"), gettext_lazy("健康管理师"), gettext_lazy("功能医生"), gettext_lazy("客户来源"), gettext_lazy("登记时间"),
)  # fmt: skip


@action
def export_customers(
    *, narrow: CustomerFilter, reason: str, form: Literal["csv", "xlsx"], by: User, at: datetime
) -> ExportFile:
    """The filtered list, only of customers the person sees and may take away; numbers masked, nothing medical.

    Each customer's own trail says that he or she was among them. Raises Forbidden, Invalid on `reason`, Refused `export_too_many`.
    """
    require(by, CustomerPermission.LIST_EXPORT)
    require(by, CustomerPermission.ARCHIVE_VIEW)
    most = EXPORT_MOST.on(at, node_id=by.node_id)
    found = list(exportable(by, narrow)[: most + 1])
    if len(found) > most:
        raise Refused("export_too_many", _("一次最多导出 %d 位客户，请先筛选。") % most)
    rows = [_row(customer, at) for customer in found]
    file = export_rows(code=CODE, title=_("客户"), columns=COLUMNS, rows=rows, reason=reason, by=by, at=at, form=form)
    for customer in found:
        record_read(CODE, by=by, at=at, customer_id=customer.pk, subject=Subject("customers.customer", customer.pk),
                    node_id=customer.node_id, kind=Kind.EXPORT, reason=reason)  # fmt: skip
    return file


def _row(customer: Customer, at: datetime) -> list[object]:
    phones = [mask(one) for one in customer.contacts.all() if one.active and one.kind == ContactKind.PHONE]
    people = [f"{one.name} {one.job_number}" if one else "" for one in (customer.health_manager, customer.doctor)]
    return [
        customer.archive_number, customer.name, customer.get_sex_display(), customer.age(timezone.localdate(at)), "、".join(phones),
        customer.get_stage_display(), customer.node.label, *people, customer.source.label if customer.source else "", customer.created_at,
    ]  # fmt: skip
