"""Numbers of the warehouse that a site may change."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

EXPIRY_SOON = limit("stock.expiry.soon", 90, _("效期提醒：还剩天数"), unit="days", source="STK-014")
EXPIRY_URGENT = limit("stock.expiry.urgent", 30, _("效期告急：还剩天数"), unit="days", source="STK-014")
USAGE_WINDOW = limit("stock.usage.window", 90, _("日均出库按最近多少天算"), unit="days", source="STK-014")
CLIMATE_TOLERANCE = limit(
    "stock.climate.tolerance", 15, _("记录仪超出范围多久算异常"), unit="minutes", source="STK-008"
)
LOGGER_SILENT = limit("stock.climate.silent", 60, _("记录仪多久没有数据算异常"), unit="minutes", source="STK-008")
COUNT_PACKS = limit("stock.count.packs", 5, _("盘点差异超过多少件要换人重盘"), unit="packs", source="STK-010")
COUNT_MONEY = limit("stock.count.money", 500, _("盘点差异超过多少元要换人重盘"), unit="yuan", source="STK-010")
CORRECTED_WITHIN = limit(
    "stock.measures.corrected_within", 7, _("入库后几天内手工调整算入库差错"), unit="days", source="STK-009"
)
