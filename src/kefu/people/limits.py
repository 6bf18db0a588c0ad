"""Numbers of the registers that an administrator may change (NFR-003)."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

REMIND_BEFORE_END = limit(
    "people.remind_before_end", [60, 30, 7], _("协议和证书到期前提醒"), unit="days", source="ORG-007"
)
