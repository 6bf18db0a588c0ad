"""Numbers and words of messages."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

SIGNATURE = limit("messaging.signature", "和康", _("短信签名"), source="APT-006")
SMS_LONGEST = limit("messaging.sms_longest", 70, _("短信模板最长字数（含签名）"), unit="characters", source="APT-006")
QUIET_FROM = limit("messaging.quiet_from", "21:00", _("不打扰时段开始"), source="FUP-002")
QUIET_TO = limit("messaging.quiet_to", "08:30", _("不打扰时段结束"), source="FUP-002")
SMS_PRICE = limit("messaging.sms_price", Decimal("0.045"), _("短信单价（每条）"), unit="yuan", source="NFR-001")
TESTS_A_DAY = limit("messaging.tests_a_day", 20, _("每人每天最多发几条测试消息"), unit="times", source="APT-006")
NUMBER_DAYS = limit(
    "messaging.number_days", 90, _("发给非客户号码的短信，号码和内容保留多少天"), unit="days", source="SEC-001"
)
