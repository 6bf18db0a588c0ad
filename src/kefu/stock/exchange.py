"""Lots, issue slips and moves of a warehouse, taken away as spreadsheets."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Asked, Columns, Listed, register
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User
from kefu.stock.choices import DestructionCause
from kefu.stock.measuring import registered_measures
from kefu.stock.models import IssueLine, Stocktake
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import (
    candidates_listed,
    count_rows,
    destructions_listed,
    issues_listed,
    lines_listed,
    lots_listed,
    measured,
    measured_warehouses,
    moves_listed,
    recalls_listed,
    recipients_listed,
    slow_listed,
    span_asked,
    stocktakes_listed,
    with_leftovers,
)

VIEW = (StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)


def card(asked: Asked) -> str:
    """The page of the product whose moves they are."""
    return reverse("stock:product", args=[asked.get("product", "")])


def stocktake_page(asked: Asked) -> str:
    """The page of the stocktake whose lines they are."""
    sheet = Stocktake.objects.filter(number=asked.get("stocktake", "")).first()
    return reverse("stock:stocktake", args=[sheet.pk if sheet else 0])


def recall_page(asked: Asked) -> str:
    """The page of the recall whose lines they are."""
    return reverse("stock:recall", args=[parse_number(asked.get("recall")) or 0])


def manager_of(line: IssueLine) -> str:
    """Who looks after the customer of a line."""
    customer = line.slip.customer
    return customer.health_manager.name if customer and customer.health_manager else ""


def measure_columns(user: User, asked: Asked, at: datetime) -> Columns:
    """The warehouse, the span, and a column for each measure with another for how many it is of."""
    since, until = span_asked(asked, at)
    rows = measured(list(measured_warehouses(user, asked, at)), since, until)
    told = {row.warehouse.pk: row.measured for row in rows}

    def column(number: int, part: str) -> Callable[[Any], object]:
        return lambda one: getattr(told[one.pk][number].figure, part, "")

    columns: list[tuple[object, Callable[[Any], object]]] = [
        (_("库房"), lambda one: one.label), (_("从"), lambda one: since), (_("到"), lambda one: until),
    ]  # fmt: skip
    for number, measure in enumerate(registered_measures()):
        columns += [(measure.label, column(number, "value")), (_("共多少"), column(number, "of"))]
    return columns


LOTS = register(
    Listed(
        code="stock.lots", title=_("库存批次"), page="stock:list", view=VIEW, rows=lots_listed, nodes=("warehouse__node_id",),
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
        code="stock.issues", title=_("出库单"), page="stock:issues", view=VIEW, rows=issues_listed, nodes=("warehouse__node_id",),
        customers=lambda one: (one.customer_id,),
        columns=(
            (_("出库单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label),
            (_("用途"), lambda one: one.customer.name if one.customer else one.purpose), (_("发货人"), lambda one: one.by.name),
            (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
SLOW = register(
    Listed(
        code="stock.slow", title=_("快到期卖不完"), page="stock:slow", view=VIEW, rows=slow_listed, nodes=("warehouse__node_id",), read=with_leftovers,
        columns=(
            (_("库房"), lambda one: one.balance.warehouse.label), (_("编码"), lambda one: one.balance.product.code),
            (_("品名"), lambda one: one.balance.product.label), (_("批号"), lambda one: one.balance.lot.code),
            (_("有效期至"), lambda one: one.balance.lot.expiry), (_("还剩天数"), lambda one: one.days_left), (_("在库"), lambda one: one.balance.quantity),
            (_("预计卖不完"), lambda one: one.left_over), (_("上次查看"), lambda one: one.checked_at),
        ),
    )
)  # fmt: skip
MOVES = register(
    Listed(
        code="stock.moves", title=_("出入库记录"), page=card, view=VIEW, rows=moves_listed, nodes=("balance__warehouse__node_id",),
        columns=(
            (_("时间"), lambda one: one.at), (_("类别"), lambda one: one.get_kind_display()), (_("数量"), lambda one: one.quantity),
            (_("批号"), lambda one: one.balance.lot.code), (_("库房"), lambda one: one.balance.zone.warehouse.label),
            (_("库区"), lambda one: one.balance.zone.label), (_("经手"), lambda one: one.by.name), (_("原因"), lambda one: one.reason),
        ),
    )
)  # fmt: skip
RECALLS = register(
    Listed(
        code="stock.recalls", title=_("批次召回"), page="stock:recalls", view=VIEW, rows=recalls_listed,
        columns=(
            (_("批号"), lambda one: one.lot.code), (_("编码"), lambda one: one.lot.product.code), (_("品名"), lambda one: one.lot.product.label),
            (_("召回原因"), lambda one: one.reason), (_("依据"), lambda one: one.reference), (_("经手"), lambda one: one.by.name),
            (_("召回时间"), lambda one: one.at), (_("解除时间"), lambda one: one.lifted_at), (_("解除原因"), lambda one: one.lift_reason),
        ),
    )
)  # fmt: skip
RECIPIENTS = register(
    Listed(
        code="stock.recipients", title=_("召回批次的去向"), page=recall_page, view=VIEW, rows=recipients_listed, nodes=("slip__warehouse__node_id",),
        customers=lambda one: (one.slip.customer_id,),
        columns=(
            (_("出库单号"), lambda one: one.slip.number), (_("时间"), lambda one: one.slip.at), (_("库房"), lambda one: one.slip.warehouse.label),
            (_("用途"), lambda one: one.slip.customer.name if one.slip.customer else one.slip.purpose),
            (_("健康管理师"), lambda one: manager_of(one)), (_("数量"), lambda one: one.packs), (_("已退回"), lambda one: one.returned),
            (_("通知时间"), lambda one: one.told_at), (_("结果"), lambda one: one.told_note),
        ),
    )
)  # fmt: skip
STOCKTAKES = register(
    Listed(
        code="stock.stocktakes", title=_("盘点单"), page="stock:stocktakes", view=(StockPermission.STOCKTAKE_VIEW,), rows=stocktakes_listed,
        nodes=("warehouse__node_id",),
        columns=(
            (_("盘点单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label), (_("状态"), lambda one: one.get_state_display()),
            (_("开单人"), lambda one: one.by.name), (_("时间"), lambda one: one.at), (_("审批"), lambda one: one.ended_by.name if one.ended_by else ""),
        ),
    )
)  # fmt: skip
COUNT_LINES = register(
    Listed(
        code="stock.count_lines", title=_("盘点明细"), page=stocktake_page, view=(StockPermission.STOCKTAKE_VIEW,), rows=lines_listed,
        nodes=("stocktake__warehouse__node_id",), read=count_rows,
        columns=(
            (_("编码"), lambda one: one.line.balance.product.code), (_("品名"), lambda one: one.line.balance.product.label),
            (_("批号"), lambda one: one.line.balance.lot.code), (_("库区"), lambda one: one.line.balance.zone.label),
            (_("实数"), lambda one: None if one.recount else one.line.counted), (_("差异"), lambda one: one.shown),
            (_("差异说明"), lambda one: one.line.explanation),
        ),
    )
)  # fmt: skip
DESTRUCTIONS = register(
    Listed(
        code="stock.destructions", title=_("销毁单"), page="stock:destructions", view=(StockPermission.DESTRUCTION_VIEW,), rows=destructions_listed,
        nodes=("warehouse__node_id",),
        columns=(
            (_("销毁单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label), (_("编码"), lambda one: one.held.product.code),
            (_("品名"), lambda one: one.held.product.label), (_("批号"), lambda one: one.held.lot.code), (_("数量"), lambda one: one.counted),
            (_("销毁原因"), lambda one: one.get_cause_display()), (_("说明"), lambda one: one.reason), (_("状态"), lambda one: one.status.word),
            (_("申请人"), lambda one: one.by.name), (_("申请时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
DESTRUCTION_CANDIDATES = register(
    Listed(
        code="stock.destruction_candidates", title=_("待销毁的货"), page="stock:destruction_candidates", view=(StockPermission.DESTRUCTION_VIEW,),
        rows=candidates_listed, nodes=("warehouse__node_id",),
        columns=(
            (_("库房"), lambda one: one.warehouse.label), (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.label),
            (_("批号"), lambda one: one.lot.code), (_("有效期至"), lambda one: one.lot.expiry), (_("库区"), lambda one: one.zone.label),
            (_("销毁原因"), lambda one: DestructionCause(one.cause).label), (_("数量"), lambda one: one.loose),
        ),
    )
)  # fmt: skip
MEASURES = register(
    Listed(
        code="stock.measures", title=_("库房指标"), page="stock:measures", view=(StockPermission.STOCKTAKE_VIEW,), rows=measured_warehouses,
        nodes=("node_id",), columns=measure_columns,
    )
)  # fmt: skip
