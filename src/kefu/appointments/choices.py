"""Closed lists of appointments (APT-015, Annex 5.2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AppointmentType(TextChoices):
    """What the customer comes for."""

    FIRST_VISIT = "first_visit", _("初诊")
    REVISIT = "revisit", _("复诊")
    INTERPRETATION = "interpretation", _("报告解读")


class AppointmentStatus(TextChoices):
    """How a booking stands."""

    BOOKED = "booked", _("已预约")
    ARRIVED = "arrived", _("已到")
    COMPLETED = "completed", _("已完成")
    NO_SHOW = "no_show", _("未到")
    CANCELLED = "cancelled", _("已取消")


OCCUPYING = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.COMPLETED)
TONES = {
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
    OTHER = "other", _("其他")


class ExceptionKind(TextChoices):
    """A day unlike the schedule."""

    LEAVE = "leave", _("请假")
    EXTRA = "extra", _("加诊")
