"""The list of laboratory orders, taken away as a spreadsheet: nothing of what was found."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.orders import orders_listed

ORDERS = register(
    Listed(
        code="lab.orders", title=_("检测单"), page="lab:orders", view=(LabPermission.ORDER_VIEW,), rows=orders_listed, node="customer__node_id",
        customer=lambda one: one.customer_id,
        columns=(
            (_("检测单号"), lambda one: one.number), (_("客户"), lambda one: one.customer.name), (_("分中心"), lambda one: one.node.label),
            (_("状态"), lambda one: one.get_status_display()), (_("合计"), lambda one: one.total), (_("出报告"), lambda one: one.due),
            (_("医生"), lambda one: one.doctor.name), (_("开单"), lambda one: one.placed_at),
        ),
    )
)  # fmt: skip
