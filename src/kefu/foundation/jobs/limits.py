"""Numbers of the job machinery."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

KEPT_DAYS = limit("jobs.kept_days", 14, _("已完成后台任务保留天数"), unit="days", source="NFR-003")
