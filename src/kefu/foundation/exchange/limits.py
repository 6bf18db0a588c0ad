"""Numbers of imports and exports."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

EXPORT_ROWS = limit("exchange.export_rows", 5000, _("其他列表一次最多导出行数"), unit="rows", source="SEC-001")
