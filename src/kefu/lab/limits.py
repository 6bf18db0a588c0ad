"""Numbers of the laboratory that a centre may change (NFR-003)."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

TURNAROUND_IN_CALENDAR_DAYS = limit(
    "lab.turnaround_in_calendar_days", False, _("检测时限按自然日计算"), source="LAB-004"
)
RETURN_ON_SITE = limit("lab.return_days_on_site", 1, _("在中心采样后收样时限"), unit="working_days", source="JRN-007")
RETURN_HANDED = limit("lab.return_days_handed", 2, _("客户带回采样后收样时限"), unit="working_days", source="JRN-007")
RETURN_POSTED = limit("lab.return_days_posted", 7, _("寄盒采样后收样时限"), unit="working_days", source="JRN-007")
REVIEW_DAYS = limit("lab.review_days", 1, _("报告审核时限"), unit="working_days", source="JRN-009")
MESSAGE_MEGABYTES = limit("lab.message_megabytes", 32, _("检验消息大小上限"), unit="MB", source="LAB-007")
