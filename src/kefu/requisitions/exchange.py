"""Requisitions, what is on its way, par levels and lendings taken away as spreadsheets; par levels brought in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.exchange.cells import text, whole
from kefu.foundation.exchange.lists import Asked, Listed
from kefu.foundation.exchange.lists import register as register_list
from kefu.foundation.exchange.specs import Column, Context, ImportSpec, Outcome, Row, register
from kefu.kernel.errors import Forbidden, Invalid
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions.actions import set_par
from kefu.requisitions.models import Requisition
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import (
    lendings_listed,
    lines_listed,
    on_the_way,
    par_listed,
    par_now,
    par_rows,
    requisitions_listed,
)
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission

VIEW = (RequisitionPermission.VIEW, RequisitionPermission.FIGURES_VIEW)
STOCK = (StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)
COLUMNS = (
    Column("库房编码", "warehouse", ("库房", "warehouse"), required=True, parse=text(20)),
    Column("编码", "product", ("产品编码", "货号", "product"), required=True, parse=text(40)),
    Column("备用数量", "packs", ("备用量", "par", "packs"), required=True, parse=whole(0, 1_000_000)),
    Column("原因", "reason", ("reason",), required=True, parse=text(200)),
)


def take_par(row: Row, context: Context) -> Outcome:
    """One par level from today on; one that says the same is unchanged."""
    given = row.values
    warehouse = Warehouse.objects.visible_to(context.by).filter(code=given["warehouse"]).first()
    product = Product.objects.filter(code=str(given["product"]).upper()).first()
    if warehouse is None:
        raise Invalid.one("warehouse", "unknown", _("没有这个库房，或者不在您的范围内"))
    if product is None:
        raise Invalid.one("product", "unknown", _("目录里没有这个产品编码"))
    before = par_now(warehouse, context.at).filter(product=product).first()
    made = set_par(
        warehouse=warehouse, product=product, packs=given["packs"], reason=given["reason"], by=context.by, at=context.at
    )
    if before is not None and made.pk == before.pk:
        return Outcome("unchanged", made.pk)
    return Outcome("updated" if before else "created", made.pk)


def _may(user: User) -> None:
    try:
        require(user, StockPermission.BRANCH_KEEP)
    except Forbidden:
        require(user, StockPermission.CENTRAL_KEEP)


def requisition_page(asked: Asked) -> str:
    """The page of the requisition whose lines they are."""
    one = Requisition.objects.filter(number=asked.get("requisition", "")).first()
    return reverse("requisitions:requisition", args=[one.pk if one else 0])


def par_page(_asked: Asked) -> str:
    """The par page; the warehouse comes along in the address."""
    return reverse("requisitions:par")


register(ImportSpec("par", _("备用量"), COLUMNS, take_par, _may, "requisitions.par_level"))
REQUISITIONS = register_list(
    Listed(
        code="requisitions.requisitions", title=_("调拨申请"), page="requisitions:list", view=VIEW, rows=requisitions_listed,
        nodes=("target__node_id",),
        columns=(
            (_("申请单号"), lambda one: one.number), (_("申请库房"), lambda one: one.target.label), (_("发货库房"), lambda one: one.source.label),
            (_("状态"), lambda one: one.get_state_display()), (_("填单人"), lambda one: one.by.name), (_("填单时间"), lambda one: one.at),
            (_("出库单"), lambda one: one.slip.number if one.slip else ""), (_("在途数量"), lambda one: one.open_packs),
            (_("差异处理期限"), lambda one: one.settle_by),
        ),
    )
)  # fmt: skip
LINES = register_list(
    Listed(
        code="requisitions.lines", title=_("申请明细"), page=requisition_page, view=VIEW, rows=lines_listed,
        nodes=("requisition__target__node_id",),
        columns=(
            (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.label), (_("备用量"), lambda one: one.par),
            (_("可用"), lambda one: one.free), (_("在途"), lambda one: one.coming), (_("已申请"), lambda one: one.ordered),
            (_("近期销量"), lambda one: one.sold), (_("客户待发"), lambda one: one.waiting), (_("建议"), lambda one: one.proposed),
            (_("申请"), lambda one: one.wanted), (_("批准"), lambda one: one.approved), (_("减少原因"), lambda one: one.reason),
        ),
    )
)  # fmt: skip
TRANSIT = register_list(
    Listed(
        code="requisitions.transit", title=_("在途货物"), page="requisitions:transit", view=VIEW, rows=on_the_way,
        nodes=("requisition__target__node_id",),
        columns=(
            (_("申请单号"), lambda one: one.requisition.number), (_("出库单"), lambda one: one.requisition.slip.number),
            (_("从"), lambda one: one.requisition.source.label), (_("到"), lambda one: one.requisition.target.label),
            (_("编码"), lambda one: one.lot.product.code), (_("品名"), lambda one: one.lot.product.label), (_("批号"), lambda one: one.lot.code),
            (_("发出"), lambda one: one.packs), (_("还没着落"), lambda one: one.open),
        ),
    )
)  # fmt: skip
PAR = register_list(
    Listed(
        code="requisitions.par", title=_("备用量"), page=par_page, view=STOCK, rows=par_listed, nodes=("warehouse__node_id",), read=par_rows,
        columns=(
            (_("库房编码"), lambda one: one.level.warehouse.code), (_("编码"), lambda one: one.level.product.code),
            (_("品名"), lambda one: one.level.product.label), (_("备用数量"), lambda one: one.level.packs), (_("可用"), lambda one: one.need.free),
            (_("在途"), lambda one: one.need.coming), (_("已申请"), lambda one: one.need.ordered), (_("缺"), lambda one: one.need.shortfall),
            (_("从"), lambda one: one.level.valid_from), (_("到"), lambda one: one.level.valid_to), (_("原因"), lambda one: one.level.reason),
        ),
    )
)  # fmt: skip
LENDINGS = register_list(
    Listed(
        code="requisitions.lendings", title=_("借用"), page="requisitions:lendings", view=(RequisitionPermission.VIEW,), rows=lendings_listed,
        nodes=("warehouse__node_id",),
        columns=(
            (_("借用单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label), (_("借用人"), lambda one: one.borrower.name),
            (_("借用部门"), lambda one: one.department), (_("用途"), lambda one: one.purpose), (_("状态"), lambda one: one.get_state_display()),
            (_("归还日期"), lambda one: one.due_on), (_("申请人"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
