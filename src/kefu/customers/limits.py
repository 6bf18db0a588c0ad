"""Numbers of the customer archive."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

REVEAL_SECONDS = limit("customers.reveal_seconds", 30, _("完整联系方式显示时间"), unit="seconds", source="SEC-001")
EXPORT_MOST = limit("customers.export_most", 2000, _("一次最多导出客户数"), unit="rows", source="SEC-001")
IDENTITY_HOURS = limit("customers.identity_hours", 8, _("核对身份的有效时间"), unit="hours", source="CUS-037")
LIFE_DAYS = limit("customers.life_days", 30, _("提前几天提示客户的日子"), unit="days", source="CUS-032")
GRADE_MONTHS = limit(
    "customers.grade_months", [1, 3, 6], _("A、B、C 级：预计几个月内成交"), unit="months", source="CUS-014"
)
TRACKING_DAYS = limit(
    "customers.tracking_days", [1, 7, 15, 30, 365], _("A 至 E 级：几天追踪一次"), unit="days", source="CUS-015"
)
URGENT_DAYS = limit("customers.urgent_days", 7, _("紧急：几天内办"), unit="days", source="CUS-013")
URGENCY_MONTHS = limit(
    "customers.urgency_months", [1, 3], _("较紧急、不紧急：几个月内办"), unit="months", source="CUS-013"
)
CONSENT_AGE = limit("customers.consent_age", 18, _("本人可以自己签署同意的年龄"), unit="years", source="SEC-001")
SUBJECT_EXPORT_DAYS = limit(
    "customers.subject_export_days", 7, _("导出的本人资料可以下载几天"), unit="days", source="SEC-001"
)
MOVE_MOST = limit("customers.move_most", 5000, _("一次最多划转客户数"), unit="rows", source="ORG-013")
MOVE_PORTION = limit("customers.move_portion", 25, _("划转时每批客户数"), unit="rows", source="ORG-013")
REQUEST_DAYS = limit(
    "customers.request_days", 15, _("几个工作日内答复客户对资料的要求"), unit="working_days", source="SEC-001"
)
RETENTION_YEARS = limit(
    "customers.retention_years", 15, _("病历自最后一次服务起保存几年"), unit="years", source="SEC-001"
)
VIP_PERCENT = limit("customers.vip_percent", 20, _("VIP 客户占多少"), unit="percent", source="CUS-018")
MAIN_PERCENT = limit("customers.main_percent", 30, _("主要客户占多少"), unit="percent", source="CUS-018")
ORDINARY_PERCENT = limit("customers.ordinary_percent", 30, _("普通客户占多少"), unit="percent", source="CUS-018")
GROWTH_PERCENT = limit(
    "customers.growth_percent",
    50,
    _("潜在 VIP 客户：近 12 个月比前 12 个月至少多多少"),
    unit="percent",
    source="CUS-018",
)
MARGIN_PERCENT = limit(
    "customers.gross_margin_percent", Decimal(0), _("毛利率（0 是还没设，不算利润）"), unit="percent", source="CUS-040"
)
