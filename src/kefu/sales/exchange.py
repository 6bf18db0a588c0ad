"""The list of purchases, taken away as a spreadsheet."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import purchases_listed, total_of

PURCHASES = register(
    Listed(
        code="sales.purchases", title=_("销售与发货"), page="sales:purchases", view=(SalesPermission.VIEW,), rows=purchases_listed,
        nodes=("customer__node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("购买单号"), lambda one: one.number), (_("客户"), lambda one: one.customer.name), (_("分中心"), lambda one: one.node.label),
            (_("医生"), lambda one: one.doctor.name), (_("品种数"), lambda one: len(one.lines.all())), (_("合计"), total_of),
            (_("状态"), lambda one: one.get_state_display()), (_("开具"), lambda one: one.prescribed_at), (_("签字"), lambda one: one.signed_at),
        ),
    )
)  # fmt: skip
