"""The dispatch registers taken away as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.models import Run
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import (
    DayRow,
    backs_listed,
    corrections_listed,
    day_listed,
    figures_of,
    lines_listed,
    runs_listed,
    sheets_listed,
    short_listed,
    wishes_listed,
)
from kefu.foundation.exchange.lists import Asked, Listed, register
from kefu.organisation.models import User
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission

VIEW = (DispatchPermission.VIEW,)


def run_page(asked: Asked) -> str:
    """The page of the run whose orders they are."""
    one = Run.objects.filter(number=asked.get("run", "")).first()
    return reverse("dispatch:run", args=[one.pk if one else 0])


def read_day(rows: Sequence[Purchase], _user: User, _at: datetime) -> Iterable[DayRow]:
    """The orders with their figures of the day they were asked for."""
    return figures_of(rows, rows[0].day) if rows else []  # type: ignore[attr-defined]


RUNS = register(
    Listed(
        code="dispatch.runs", title=_("发车登记"), page="dispatch:runs", view=VIEW, rows=runs_listed, nodes=("warehouse__node_id",),
        columns=(
            (_("发车单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label), (_("车辆"), lambda one: one.get_kind_display()),
            (_("承运公司"), lambda one: one.company), (_("车牌"), lambda one: one.plate), (_("司机"), lambda one: one.driver),
            (_("司机电话"), lambda one: one.driver_phone), (_("发车时间"), lambda one: one.departs_at), (_("预计到达"), lambda one: one.arrives_at),
            (_("取货地点"), lambda one: one.pickup_point), (_("订单数"), lambda one: one.orders), (_("件数"), lambda one: one.packs or 0),
            (_("状态"), lambda one: one.get_state_display()),
        ),
    )
)  # fmt: skip
LINES = register(
    Listed(
        code="dispatch.lines", title=_("装车明细"), page=run_page, view=VIEW, rows=lines_listed, nodes=("run__warehouse__node_id",),
        customers=lambda one: (one.purchase.customer_id,),
        columns=(
            (_("发车单号"), lambda one: one.run.number), (_("客户"), lambda one: one.purchase.customer.name),
            (_("购买单号"), lambda one: one.purchase.number), (_("件数"), lambda one: one.packs),
        ),
    )
)  # fmt: skip
SHORT = register(
    Listed(
        code="dispatch.short", title=_("差件"), page="dispatch:short", view=VIEW, rows=short_listed, nodes=("line__run__warehouse__node_id",),
        customers=lambda one: (one.line.purchase.customer_id,),
        columns=(
            (_("购买单号"), lambda one: one.line.purchase.number), (_("客户"), lambda one: one.line.purchase.customer.name),
            (_("发车单号"), lambda one: one.line.run.number), (_("产品"), lambda one: one.purchase_line.product.label),
            (_("差几件"), lambda one: one.packs), (_("已补"), lambda one: one.supplied), (_("还差"), lambda one: one.open),
            (_("说明"), lambda one: one.note), (_("登记人"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
BACKS = register(
    Listed(
        code="dispatch.backs", title=_("货运退回"), page="dispatch:backs", view=VIEW, rows=backs_listed, nodes=("warehouse__node_id",),
        customers=lambda one: (one.purchase.customer_id if one.purchase else None,),
        columns=(
            (_("退货单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label), (_("承运公司"), lambda one: one.company),
            (_("车牌"), lambda one: one.plate), (_("运单号"), lambda one: one.waybill), (_("取货地址"), lambda one: one.pickup_address),
            (_("联系电话"), lambda one: one.phone), (_("货物"), lambda one: one.goods),
            (_("购买单号"), lambda one: one.purchase.number if one.purchase else ""), (_("状态"), lambda one: one.get_state_display()),
            (_("取货期限"), lambda one: one.collect_by), (_("取货人"), lambda one: one.collected_by.name if one.collected_by else ""),
            (_("取货时间"), lambda one: one.collected_at),
        ),
    )
)  # fmt: skip
WISHES = register(
    Listed(
        code="dispatch.wishes", title=_("发货要求"), page="dispatch:wishes", view=(DispatchPermission.VIEW, SalesPermission.ENTER), rows=wishes_listed,
        nodes=("warehouse__node_id", "purchase__customer__node_id"), customers=lambda one: (one.purchase.customer_id,),
        columns=(
            (_("购买单号"), lambda one: one.purchase.number), (_("客户"), lambda one: one.purchase.customer.name),
            (_("希望到货"), lambda one: one.wanted_on), (_("状态"), lambda one: one.get_state_display()), (_("回复期限"), lambda one: one.answer_by),
            (_("提出人"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
DAYS = register(
    Listed(
        code="dispatch.day", title=_("发货日报"), page="dispatch:day", view=VIEW, rows=day_listed, nodes=("customer__node_id",),
        customers=lambda row: (row.purchase.customer_id,), read=read_day,
        columns=(
            (_("购买单号"), lambda row: row.purchase.number), (_("客户"), lambda row: row.purchase.customer.name),
            (_("订单件数"), lambda row: row.figures.ordered), (_("以前已发"), lambda row: row.figures.left_before - row.figures.back_before),
            (_("当天发出"), lambda row: row.figures.left_today), (_("当天退回"), lambda row: row.figures.back_today),
            (_("未发"), lambda row: row.figures.open),
        ),
    )
)  # fmt: skip
SHEETS = register(
    Listed(
        code="dispatch.sheets", title=_("出库核对"), page="dispatch:sheets", view=VIEW, rows=sheets_listed, nodes=("warehouse__node_id",),
        columns=(
            (_("核对单号"), lambda one: one.number), (_("库房"), lambda one: one.warehouse.label), (_("日期"), lambda one: one.day),
            (_("出库单数"), lambda one: one.slips), (_("有差异"), lambda one: one.differs), (_("没办完的"), lambda one: one.left),
            (_("状态"), lambda one: one.get_state_display()), (_("核对人"), lambda one: one.by.name),
            (_("复核人"), lambda one: one.posted_by.name if one.posted_by else ""), (_("复核时间"), lambda one: one.posted_at),
        ),
    )
)  # fmt: skip
LISTING = register(
    Listed(
        code="dispatch.listing", title=_("上架数量"), page="dispatch:listing", view=VIEW, rows=corrections_listed, nodes=("warehouse__node_id",),
        columns=(
            (_("库房"), lambda one: one.warehouse.label), (_("编码"), lambda one: one.product.code), (_("产品"), lambda one: one.product.label),
            (_("改前"), lambda one: one.before), (_("改为"), lambda one: one.packs), (_("账面可发"), lambda one: one.book),
            (_("原因"), lambda one: one.reason), (_("登记人"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
