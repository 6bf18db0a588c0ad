"""Numbers of booking."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

ALTERNATIVES = limit("appointments.alternatives", 3, _("约满时给出几个备选时间"), unit="slots", source="APT-013")
HORIZON = limit("appointments.horizon_days", 60, _("最远可约多少天"), unit="days", source="APT-002")
SEARCH_DAYS = limit("appointments.alternative_days", 14, _("备选时间找多少天"), unit="days", source="APT-013")
