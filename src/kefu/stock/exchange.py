"""Lots and issue slips of a warehouse, taken away as a spreadsheet."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import issues_listed, lots_listed

VIEW = (StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)

LOTS = register(
    Listed(
        code="stock.lots", title=_("库存批次"), page="stock:list", view=VIEW, rows=lots_listed, node="warehouse__node_id",
        columns=(
            (_("库房"), lambda one: one.warehouse.label), (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.label),
            (_("批号"), lambda one: one.lot.code), (_("有效期至"), lambda one: one.lot.expiry), (_("入库日期"), lambda one: one.lot.received_on),
            (_("库区"), lambda one: one.zone.label), (_("质量"), lambda one: one.get_quality_display()), (_("在库"), lambda one: one.quantity),
            (_("单位"), lambda one: one.product.unit),
        ),
    )
)  # fmt: skip
ISSUES = register(
    Listed(
        code="stock.issues", title=_("出库单"), page="stock:issues", view=VIEW, rows=issues_listed, node="warehouse__node_id",
        customer=lambda one: one.customer_id,
        columns=(
            (_("出库单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label),
            (_("用途"), lambda one: one.customer.name if one.customer else one.purpose), (_("发货人"), lambda one: one.by.name),
            (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
