"""Numbers of the dispatch registers that a site may change."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

COLLECT_DAYS = limit("dispatch.collect_days", 1, _("货运退回的货几天内取回"), unit="days", source="STK-024")
WISH_HOURS = limit("dispatch.wish_hours", 4, _("客户的发货要求几小时内回复"), unit="hours", source="STK-025")
SHEET_DAYS = limit("dispatch.sheet_days", 7, _("没核对的出库单往回看几天"), unit="days", source="STK-021")
