"""The lists of purchases, reversal slips and shortages, taken away as spreadsheets."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import purchases_listed, reversals_listed, shortages_listed, total_of

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
REVERSALS = register(
    Listed(
        code="sales.reversals", title=_("冲红单"), page="sales:reversals", view=(SalesPermission.VIEW,), rows=reversals_listed,
        nodes=("purchase__customer__node_id",), customers=lambda one: (one.purchase.customer_id,),
        columns=(
            (_("冲红单号"), lambda one: one.number), (_("购买单号"), lambda one: one.purchase.number), (_("客户"), lambda one: one.purchase.customer.name),
            (_("分中心"), lambda one: one.purchase.node.label), (_("冲红金额"), lambda one: -one.amount), (_("原因"), lambda one: one.reason),
            (_("换购单"), lambda one: one.instead.number if one.instead else ""), (_("开出人"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
SHORTAGES = register(
    Listed(
        code="sales.shortages", title=_("欠发"), page="sales:shortages", view=(SalesPermission.VIEW,), rows=shortages_listed,
        nodes=("line__purchase__customer__node_id",), customers=lambda one: (one.line.purchase.customer_id,),
        columns=(
            (_("结算单号"), lambda one: one.settlement.number), (_("购买单号"), lambda one: one.line.purchase.number),
            (_("客户"), lambda one: one.line.purchase.customer.name), (_("分中心"), lambda one: one.line.purchase.node.label),
            (_("产品"), lambda one: one.line.product.label), (_("规格"), lambda one: one.line.product.specification),
            (_("欠发数量"), lambda one: one.packs), (_("现在还欠"), lambda one: one.left), (_("时间"), lambda one: one.settlement.at),
        ),
    )
)  # fmt: skip
