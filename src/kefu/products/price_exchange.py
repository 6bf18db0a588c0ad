"""Prices, promotions, labels and errors found, taken away as spreadsheets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Listed, register
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import checks_listed, missing_listed, periods_listed, promotions_listed, reports_listed

CATALOGUE, LABELS = (ProductsPermission.CATALOGUE_VIEW,), (ProductsPermission.LABELS_VIEW,)
EVERYWHERE = _("全部机构")

register(
    Listed(
        code="products.periods", title=_("价目和促销价"), page="products:periods", view=CATALOGUE, rows=periods_listed,
        columns=(
            (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.zh), (_("种类"), lambda one: one.get_kind_display()),
            (_("适用机构"), lambda one: one.node.label if one.node else EVERYWHERE), (_("适用日期"), lambda one: one.told_days),
            (_("价格"), lambda one: one.price), (_("原因"), lambda one: one.reason), (_("定价人"), lambda one: one.by.name),
            (_("提前结束的原因"), lambda one: one.end_reason),
        ),
    )
)  # fmt: skip
register(
    Listed(
        code="products.promotions", title=_("促销活动"), page="products:promotions", view=CATALOGUE, rows=promotions_listed,
        columns=(
            (_("活动名称"), lambda one: one.title), (_("季节"), lambda one: one.season.label), (_("开始日期"), lambda one: one.starts_on),
            (_("最后一天"), lambda one: one.last_day), (_("适用机构"), lambda one: one.node.label if one.node else EVERYWHERE),
            (_("产品数"), lambda one: one.products), (_("状态"), lambda one: one.get_state_display()), (_("策划人"), lambda one: one.by.name),
            (_("审批人"), lambda one: one.decided_by.name if one.decided_by else ""), (_("审批意见"), lambda one: one.decision),
        ),
    )
)  # fmt: skip
register(
    Listed(
        code="products.reports", title=_("产品资料报错"), page="products:reports", view=CATALOGUE, rows=reports_listed,
        columns=(
            (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.zh), (_("哪项资料"), lambda one: one.get_fact_display()),
            (_("哪里不对"), lambda one: one.text), (_("报错人"), lambda one: one.by.name), (_("时间"), lambda one: one.at),
            (_("状态"), lambda one: one.get_state_display()), (_("答复"), lambda one: one.answer),
            (_("处理人"), lambda one: one.settled_by.name if one.settled_by else ""),
        ),
    )
)  # fmt: skip
register(
    Listed(
        code="products.missing_labels", title=_("缺的价签和条码"), page="products:labels", view=LABELS, rows=missing_listed,
        nodes=("node_id",),
        columns=(
            (_("中心"), lambda one: one.node.label), (_("编码"), lambda one: one.product.code), (_("品名"), lambda one: one.product.zh),
            (_("缺什么"), lambda one: one.get_kind_display()), (_("哪天发现"), lambda one: one.found_in.day),
            (_("谁发现"), lambda one: one.found_in.by.name), (_("谁补上"), lambda one: one.put_by.name if one.put_by else ""),
            (_("什么时候补上"), lambda one: one.put_at),
        ),
    )
)  # fmt: skip
register(
    Listed(
        code="products.label_checks", title=_("价签检查记录"), page="products:label_checks", view=LABELS, rows=checks_listed,
        nodes=("node_id",),
        columns=(
            (_("中心"), lambda one: one.node.label), (_("日期"), lambda one: one.day), (_("分类"), lambda one: one.category.label),
            (_("产品数"), lambda one: one.products), (_("缺几处"), lambda one: one.lacking), (_("谁查的"), lambda one: one.by.name),
            (_("时间"), lambda one: one.at),
        ),
    )
)  # fmt: skip
