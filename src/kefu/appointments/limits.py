"""Numbers of booking."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

ALTERNATIVES = limit("appointments.alternatives", 3, _("约满时给出几个备选时间"), unit="slots", source="APT-013")
HORIZON = limit("appointments.horizon_days", 60, _("最远可约多少天"), unit="days", source="APT-002")
SEARCH_DAYS = limit("appointments.alternative_days", 14, _("备选时间找多少天"), unit="days", source="APT-013")
NOTICE_HOURS = limit(
    "appointments.cancel_notice_hours", 24, _("取消预约要提前多久说"), unit="hours", source="APT-006, APT-008"
)
STATISTICS_DAYS = limit(
    "appointments.statistics_days", 366, _("预约统计一次最长看多少天"), unit="days", source="APT-010"
)
EVENING = limit(
    "appointments.evening",
    "16:30",
    _("没人提醒时，几点自动提醒医生第二天的预约"),
    unit="hh:mm",
    source="APT-016, APT-005",
)
HOLD_MINUTES = limit("appointments.hold_minutes", 10, _("选好的时段保留多少分钟"), unit="minutes", source="APT-003")
TRAVEL_MINUTES = limit(
    "appointments.travel_minutes", 60, _("医生换一个中心出诊，路上留多少分钟"), unit="minutes", source="APT-003"
)
CUSTOMER_CUTOFF_HOURS = limit(
    "appointments.customer_cutoff_hours", 24, _("客户最晚提前多少小时改约、取消"), unit="hours", source="APT-006"
)
STAFF_CUTOFF_HOURS = limit(
    "appointments.staff_cutoff_hours", 0, _("员工最晚提前多少小时改约、取消"), unit="hours", source="APT-007"
)
CHANGES = limit("appointments.changes", 3, _("一个预约最多改几次"), unit="times", source="APT-007")
FEED_BACK_DAYS = limit(
    "appointments.feed_back_days", 30, _("订阅的日历里留多少天以前的预约"), unit="days", source="APT-010"
)
FEED_NAMES = limit("appointments.feed_names", False, _("订阅的日历里写客户全名"), source="SEC-001")
FEED_FETCHES = limit("appointments.feed_fetches", 60, _("一个日历地址一小时最多读几次"), unit="times", source="APT-010")
MISSED_HOURS = limit(
    "appointments.missed_hours", 3, _("预约结束多少小时还没登记，当晚记为未到"), unit="hours", source="APT-016"
)
REQUEST_HOURS = limit("appointments.request_hours", 2, _("预约申请几个工作小时内答复"), unit="hours", source="APT-012")
OFFER_HOURS = limit(
    "appointments.offer_hours", 4, _("给客户的备选时间保留几个工作小时"), unit="hours", source="APT-013"
)
OPEN_REQUESTS = limit(
    "appointments.open_requests", 3, _("一个号码最多几个待答复的申请"), unit="times", source="APT-012"
)
REQUEST_HOLDS = limit(
    "appointments.request_holds", 1, _("网上申请时，一个号码最多同时保留几个时间"), unit="slots", source="APT-003"
)
STRANGER_DAYS = limit(
    "appointments.stranger_days", 90, _("没约成的新客户申请，姓名和电话保留多少天"), unit="days", source="SEC-001"
)
REMINDER_TIME = limit("appointments.reminder_time", "17:00", _("前一天几点提醒客户"), unit="hh:mm", source="APT-006")
REBOOK_HOURS = limit(
    "appointments.rebook_hours", 2, _("医生请假后几小时内联系客户另约"), unit="hours", source="APT-008"
)
SOON_MINUTES = limit("appointments.soon_minutes", 60, _("开始前多少分钟算快到点"), unit="minutes", source="APT-005")
WAITLIST_HOURS = limit(
    "appointments.waitlist_hours", 2, _("候补有空位时，为客户保留几个工作小时"), unit="hours", source="APT-013"
)
WAITLIST_LEAD_MINUTES = limit(
    "appointments.waitlist_lead_minutes", 60, _("候补的空位最晚在开始前多少分钟答复"), unit="minutes", source="APT-013"
)
WAITLIST_ANSWER_MINUTES = limit(
    "appointments.waitlist_answer_minutes",
    30,
    _("候补的客户知道有空位后，至少留多少分钟答复"),
    unit="minutes",
    source="APT-013",
)
WAITLIST_ENTRIES = limit(
    "appointments.waitlist_entries", 3, _("一位客户最多同时候补几个"), unit="times", source="APT-013"
)
WAITLIST_CHANCES = limit(
    "appointments.waitlist_chances", 3, _("候补的客户几次空位都不答复，就不再等"), unit="times", source="APT-013"
)
