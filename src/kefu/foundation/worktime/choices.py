"""Closed lists of the calendars."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Weekday(IntegerChoices):
    """Days of the week, Monday first."""

    MON = 0, _("周一")
    TUE = 1, _("周二")
    WED = 2, _("周三")
    THU = 3, _("周四")
    FRI = 4, _("周五")
    SAT = 5, _("周六")
    SUN = 6, _("周日")


class GuardKind(TextChoices):
    """Times of the day at which customers are not to be called, and the best ones (FUP-002)."""

    AVOID = "avoid", _("避开")
    BEST = "best", _("最好")
