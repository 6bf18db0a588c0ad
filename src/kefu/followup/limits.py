"""Cadences of follow-up; every one configurable with effective dates (FUP-001, FUP-006, NFR-003)."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

FIRST_DAYS = limit("followup.first_days", 2, _("收到报告几天后首次回访"), unit="days", source="FUP-001")
MONTHS = limit("followup.months", [3, 6, 12], _("收到报告几个月后回访"), unit="months", source="FUP-001")
HOLIDAYS = limit("followup.holidays", True, _("重大节日回访"), source="FUP-001")
HOLIDAY_MONTHS = limit("followup.holiday_months", 12, _("节日回访管多久"), unit="months", source="FUP-001")
TIME_OF_DAY = limit("followup.time_of_day", "11:00", _("回访安排在几点"), unit="hh:mm", source="FUP-002")
RETRY_DAYS = limit("followup.retry_days", 1, _("没打通几天后再打"), unit="days", source="FUP-009")
REFILL_DAYS = limit("followup.refill_days", 5, _("吃完前几天提醒续用"), unit="days", source="PRD-003")
GREETING_TIME = limit("followup.greeting_time", "09:00", _("几点发生日问候"), unit="hh:mm", source="FUP-007")
FESTIVAL_TIME = limit("followup.festival_time", "09:30", _("几点发节日问候"), unit="hh:mm", source="FUP-007")
PER_MINUTE = limit("followup.push_per_minute", 600, _("问候和活动每分钟最多几条"), unit="messages", source="FUP-008")
PUSH_DAYS = limit("followup.push_days", 30, _("收到活动后几天内的消费和预约算它带来的"), unit="days", source="CUS-017")
BIRTHDAY_AHEAD = limit("followup.birthday_ahead", 1, _("生日前几天提醒健康管理师"), unit="days", source="FUP-007")
