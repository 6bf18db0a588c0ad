"""Numbers of the customer archive."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

REVEAL_SECONDS = limit("customers.reveal_seconds", 30, _("完整联系方式显示时间"), unit="seconds", source="SEC-001")
EXPORT_MOST = limit("customers.export_most", 2000, _("一次最多导出客户数"), unit="rows", source="SEC-001")
IDENTITY_HOURS = limit("customers.identity_hours", 8, _("核对身份的有效时间"), unit="hours", source="CUS-037")
