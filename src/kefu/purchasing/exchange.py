"""Lists of purchasing, taken away as spreadsheets."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Asked, Listed, register
from kefu.purchasing import queries
from kefu.purchasing.models import Proposal
from kefu.purchasing.permissions import PurchasingPermission

VIEW = (PurchasingPermission.PLAN_VIEW,)
ARRIVING = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.COUNT)


def proposal_page(asked: Asked) -> str:
    """The page of the proposal whose lines they are."""
    found = Proposal.objects.filter(number=asked.get("proposal", "")).first()
    return reverse("purchasing:proposal", args=[found.pk if found else 0])


SUPPLIES = register(
    Listed(
        code="purchasing.supplies", title=_("供应商和进价"), page="purchasing:suppliers", view=VIEW, rows=queries.supplies_listed,
        nodes=("supplier__institution__node_id",),
        columns=(
            (_("编号"), lambda one: one.supplier.institution.code), (_("厂家"), lambda one: one.supplier.label), (_("联系人"), lambda one: one.supplier.contact),
            (_("接单邮箱"), lambda one: one.supplier.email), (_("供货天数"), lambda one: one.supplier.lead_days),
            (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.label), (_("厂家货号"), lambda one: one.article),
            (_("每箱件数"), lambda one: one.multiple), (_("最少起订"), lambda one: one.minimum), (_("进价"), lambda one: one.price_now),
        ),
    )
)  # fmt: skip
PROPOSALS = register(
    Listed(
        code="purchasing.proposals", title=_("采购建议"), page="purchasing:proposals", view=VIEW, rows=queries.proposals_listed,
        nodes=("warehouse__node_id",),
        columns=(
            (_("建议单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label), (_("销售起"), lambda one: one.since),
            (_("销售止"), lambda one: one.until), (_("要采购的品种"), lambda one: one.to_buy), (_("经手"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
PROPOSAL_LINES = register(
    Listed(
        code="purchasing.proposal_lines", title=_("采购建议明细"), page=proposal_page, view=VIEW, rows=queries.lines_listed,
        nodes=("proposal__warehouse__node_id",),
        columns=(
            (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.label),
            (_("厂家"), lambda one: one.supply.supplier.label if one.supply else ""), (_("销售"), lambda one: one.issued), (_("客户待发"), lambda one: one.demand),
            (_("在库可用"), lambda one: one.on_hand), (_("已留"), lambda one: one.reserved), (_("调拨在途"), lambda one: one.on_the_way),
            (_("已订未到"), lambda one: one.on_order), (_("安全库存"), lambda one: one.safety), (_("供货天数"), lambda one: one.lead_days),
            (_("建议数量"), lambda one: one.proposed), (_("采购数量"), lambda one: one.quantity), (_("改动原因"), lambda one: one.reason),
            (_("各地销售"), lambda one: "、".join(f"{part.node.label} {part.issued}" for part in one.places.all() if part.issued)),
        ),
    )
)  # fmt: skip
REQUESTS = register(
    Listed(
        code="purchasing.requests", title=_("采购申请"), page="purchasing:requests", view=(PurchasingPermission.PLAN_VIEW, PurchasingPermission.APPROVE),
        rows=queries.requests_listed, nodes=("warehouse__node_id",),
        columns=(
            (_("申请单号"), lambda one: one.number), (_("申请理由"), lambda one: one.reason), (_("金额"), queries.amount_asked),
            (_("状态"), lambda one: one.get_state_display()), (_("申请人"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
            (_("审批"), lambda one: "、".join(f"{said.by.name} {said.get_verdict_display()}" for said in one.decisions.all())),
        ),
    )
)  # fmt: skip
ORDERS = register(
    Listed(
        code="purchasing.orders", title=_("采购单"), page="purchasing:orders", view=ARRIVING, rows=queries.orders_listed, nodes=("warehouse__node_id",),
        columns=(
            (_("采购单号"), lambda one: one.number), (_("厂家"), lambda one: one.supplier.label), (_("金额"), queries.amount_of),
            (_("状态"), lambda one: one.get_state_display()), (_("预计到货"), lambda one: one.expected_on), (_("申请单号"), lambda one: one.request.number),
            (_("采购人"), lambda one: one.by.name), (_("时间"), lambda one: one.at), (_("原因"), lambda one: one.reason),
        ),
    )
)  # fmt: skip
DELIVERIES = register(
    Listed(
        code="purchasing.deliveries", title=_("到货验收"), page="purchasing:deliveries", view=ARRIVING, rows=queries.deliveries_listed,
        nodes=("warehouse__node_id",),
        columns=(
            (_("到货单号"), lambda one: one.number), (_("采购单号"), lambda one: one.order.number if one.order else ""), (_("厂家"), lambda one: one.supplier.label),
            (_("到货日期"), lambda one: one.arrived_on), (_("状态"), lambda one: one.get_state_display()),
            (_("入库单号"), lambda one: one.acceptance.receipt.number if hasattr(one, "acceptance") else ""),
            (_("库管"), lambda one: one.acceptance.keeper_by.name if hasattr(one, "acceptance") else ""),
            (_("产品部"), lambda one: one.acceptance.product_by.name if hasattr(one, "acceptance") else ""),
        ),
    )
)  # fmt: skip
COMPARED = register(
    Listed(
        code="purchasing.compared", title=_("订销对比"), page="purchasing:comparison", view=VIEW, rows=queries.compared_listed, read=queries.compared,
        columns=(
            (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.label), (_("订货"), lambda one: one.ordered),
            (_("到货"), lambda one: one.delivered), (_("销售"), lambda one: one.sold), (_("在库可用"), lambda one: one.on_hand),
            (_("客户待发"), lambda one: one.demand), (_("在途和未到"), lambda one: one.coming), (_("够卖天数"), lambda one: one.days_left),
            (_("缺口"), lambda one: one.short),
        ),
    )
)  # fmt: skip
