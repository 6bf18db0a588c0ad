"""Closed lists of appointments (APT-015, Annex 5.2)."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NOON, EVENING = time(12), time(18)


class AppointmentType(TextChoices):
    """The types every house begins with, and what was written of them before types were rows (`VisitType`)."""

    FIRST_VISIT = "first_visit", _("初诊")
    REVISIT = "revisit", _("复诊")
    INTERPRETATION = "interpretation", _("报告解读")


class AppointmentStatus(TextChoices):
    """How a booking stands; `held` is a slot kept for somebody who has not decided yet."""

    HELD = "held", _("保留中")
    BOOKED = "booked", _("已预约")
    ARRIVED = "arrived", _("已到")
    COMPLETED = "completed", _("已完成")
    NO_SHOW = "no_show", _("未到")
    CANCELLED = "cancelled", _("已取消")


OCCUPYING = (
    AppointmentStatus.HELD,
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.COMPLETED,
)
REOPENED_TO = {
    AppointmentStatus.ARRIVED: AppointmentStatus.BOOKED,
    AppointmentStatus.COMPLETED: AppointmentStatus.ARRIVED,
    AppointmentStatus.NO_SHOW: AppointmentStatus.BOOKED,
}
"""What a visit becomes again when what was said of it is taken back."""
COUNTED = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.COMPLETED,
    AppointmentStatus.NO_SHOW,
    AppointmentStatus.CANCELLED,
)
"""What the statistics count: bookings, whatever became of them."""
TONES = {
    AppointmentStatus.HELD: ("quiet", "clock"),
    AppointmentStatus.BOOKED: ("quiet", "clock"),
    AppointmentStatus.ARRIVED: ("move", "user"),
    AppointmentStatus.COMPLETED: ("done", "check"),
    AppointmentStatus.NO_SHOW: ("late", "alert-triangle"),
    AppointmentStatus.CANCELLED: ("quiet", "x"),
}


class Channel(TextChoices):
    """How the request came (APT-001)."""

    PHONE = "phone", _("电话")
    ON_SITE = "on_site", _("到店")
    ONLINE = "online", _("网上")
    WECHAT = "wechat", _("微信")
    OTHER = "other", _("其他")


class ExceptionKind(TextChoices):
    """A day unlike the schedule."""

    LEAVE = "leave", _("请假")
    EXTRA = "extra", _("加诊")


class Grouping(TextChoices):
    """By what the statistics of bookings are put together (APT-010)."""

    CENTRE = "centre", _("按中心")
    DAY = "day", _("按日")
    WEEK = "week", _("按周")
    MONTH = "month", _("按月")
    TIME = "time", _("按时段")
    DOCTOR = "doctor", _("按医生")
    TYPE = "type", _("按事项")
    CHANNEL = "channel", _("按来源")


class Reminded(TextChoices):
    """As what somebody is reminded of a coming day (APT-016)."""

    DOCTOR = "doctor", _("医生")
    MANAGER = "manager", _("健康管理师")


class Cause(TextChoices):
    """What in the timetable took the time of a booking away."""

    LEAVE = "leave", _("医生请假")
    HOURS = "hours", _("出诊时间改了")
    EXTRA = "extra", _("加诊撤回")
    CLOSED = "closed", _("中心停诊")


class Settlement(TextChoices):
    """What was decided about a booking whose time was taken away."""

    OPEN = "open", _("待商定")
    MOVED = "moved", _("已改约")
    GIVEN = "given", _("换了医生")
    KEPT = "kept", _("照旧")
    CANCELLED = "cancelled", _("已取消")
    VOID = "void", _("不用改了")


class RequestState(TextChoices):
    """How far a request for a booking has come (Annex 5.2)."""

    REQUESTED = "requested", _("待确认")
    OFFERED = "offered", _("等客户选时间")
    BOOKED = "booked", _("已约好")
    DECLINED = "declined", _("没约成")
    WITHDRAWN = "withdrawn", _("客户撤回")
    LAPSED = "lapsed", _("备选时间已过期")


WAITING = (RequestState.REQUESTED, RequestState.OFFERED)
"""Somebody still has to do something about it."""
ANSWERABLE = (*WAITING, RequestState.LAPSED)
"""May still become a booking."""
REQUEST_TONES = {
    RequestState.REQUESTED: ("soon", "clock"),
    RequestState.OFFERED: ("pause", "clock"),
    RequestState.BOOKED: ("done", "check"),
    RequestState.DECLINED: ("quiet", "x"),
    RequestState.WITHDRAWN: ("quiet", "x"),
    RequestState.LAPSED: ("quiet", "alert-triangle"),
}


class WaitState(TextChoices):
    """How far somebody on the waitlist has come."""

    WAITING = "waiting", _("候补中")
    OFFERED = "offered", _("有空位，等答复")
    BOOKED = "booked", _("已约上")
    WITHDRAWN = "withdrawn", _("不等了")
    EXPIRED = "expired", _("没等到")


ON_WAITLIST = (WaitState.WAITING, WaitState.OFFERED)
"""Somebody still waits."""
WAIT_TONES = {
    WaitState.WAITING: ("quiet", "clock"),
    WaitState.OFFERED: ("soon", "phone-call"),
    WaitState.BOOKED: ("done", "check"),
    WaitState.WITHDRAWN: ("quiet", "x"),
    WaitState.EXPIRED: ("quiet", "alert-triangle"),
}


class PlaceAnswer(TextChoices):
    """What became of a free time that somebody on the waitlist was offered."""

    OPEN = "open", _("等答复")
    TAKEN = "taken", _("要了")
    DECLINED = "declined", _("不要")
    LAPSED = "lapsed", _("没答复")
    UNREACHED = "unreached", _("没通知到")
    VOID = "void", _("不用了")


class ToldKind(TextChoices):
    """What a message about a booking says."""

    CONFIRMED = "confirmed", _("预约成功")
    CHANGED = "changed", _("改约")
    CANCELLED = "cancelled", _("取消预约")
    DOCTOR_LEAVE = "doctor_leave", _("医生请假")
    NO_SHOW = "no_show", _("未到")
    REMINDER = "reminder", _("前一天提醒")


class PartOfDay(TextChoices):
    """When on a day, as customers say it."""

    MORNING = "morning", _("上午")
    AFTERNOON = "afternoon", _("下午")
    EVENING = "evening", _("晚上")

    @classmethod
    def of(cls, moment: datetime) -> PartOfDay:
        """The part of the day a moment falls into."""
        clock = timezone.localtime(moment).time()
        if clock < NOON:
            return cls.MORNING
        return cls.AFTERNOON if clock < EVENING else cls.EVENING
