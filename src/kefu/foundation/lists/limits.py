"""Numbers of the lists."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

BULK_MOST = limit("lists.bulk_most", 500, _("一次最多批量办理几行"), unit="rows", source="CUS-003")
BULK_AT_ONCE = limit("lists.bulk_at_once", 100, _("超过几行就在后台批量办理"), unit="rows", source="CUS-003")
BULK_KEPT_DAYS = limit("lists.bulk_kept_days", 30, _("批量办理的结果保留几天"), unit="days", source="SEC-001")
