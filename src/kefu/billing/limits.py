"""Numbers of billing that may be changed."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

SECOND_LEVEL = limit(
    "billing.refund_second_level", Decimal(1000), _("退款超过多少元要两级批准"), unit="yuan", source="gap 23"
)
CLOSE_DIFFERENCE = limit(
    "billing.close_difference", Decimal(50), _("日结差额超过多少元要第二个人确认"), unit="yuan", source="gap 23"
)
CLOSE_FLOAT = limit(
    "billing.close_float", Decimal(2000), _("留下的备用金超过多少元要第二个人接收"), unit="yuan", source="gap 23"
)
CLOSE_HOURS = limit("billing.close_hours", 10, _("前一天的日结最晚在次日几点做完"), unit="hours", source="gap 23")
PREPAID_LOW = limit("billing.prepaid_low", 3, _("课包剩多少（含）以下提醒续费"), unit="units", source="CUS-029, gap 68")
PREPAID_WEEK_DAYS = limit(
    "billing.prepaid_week_days", 2, _("上周对课最晚在周一后第几天做完"), unit="days", source="CUS-029"
)
