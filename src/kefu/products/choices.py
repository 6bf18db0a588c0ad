"""Closed lists of the catalogue."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Policy(TextChoices):
    """In which order lots leave (STK-005)."""

    FEFO = "fefo", _("先到期先出")
    FIFO = "fifo", _("先入库先出")


class RangeSex(TextChoices):
    """For whom a reference range holds."""

    ANY = "any", _("不限")
    FEMALE = "female", _("女")
    MALE = "male", _("男")


class SamplingSite(TextChoices):
    """Where a sample may be taken."""

    CENTRE = "centre", _("到中心采样")
    HOME = "home", _("在家采样")


class Flag(TextChoices):
    """What a result says against its reference range; NONE: no range fits, so nothing is said."""

    NORMAL = "normal", _("正常")
    LOW = "low", _("偏低")
    HIGH = "high", _("偏高")
    CRITICAL_LOW = "critical_low", _("危急偏低")
    CRITICAL_HIGH = "critical_high", _("危急偏高")
    NONE = "none", _("无参考范围")
