"""Numbers of requisitions that a site may change."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

SALES_WINDOW = limit(
    "requisitions.sales_window", 90, _("申请建议按最近多少天的销售算"), unit="days", source="Annex 5.5"
)
COVER = limit("requisitions.cover", 30, _("申请建议要够卖多少天"), unit="days", source="Annex 5.5")
SETTLE_DAYS = limit(
    "requisitions.settle_days", 0, _("到货差异几天内处理完（0 是当天）"), unit="days", source="Annex 5.5"
)
BRINGER = limit("requisitions.bringer_counts", False, _("到货点数要有发货方一起点"), source="Annex 5.5")
PACKING = limit(
    "requisitions.packing",
    "wrap,carton,full",
    _("易碎品打包要核对的几项（wrap、carton、full，逗号隔开）"),
    source="STK-007",
)
