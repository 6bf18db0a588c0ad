"""Numbers of surveys."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

RECENT_DAYS = limit("surveys.recent_contact_days", 7, _("几天内问过就提醒"), unit="days", source="SAT-002")
OPINION_DAYS = limit("surveys.opinion_days", 3, _("意见几个工作日内答复"), unit="working_days", source="SAT-001")
