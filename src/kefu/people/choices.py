"""Closed lists of the registers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Employment(TextChoices):
    """How a doctor works here."""

    FULL_TIME = "full_time", _("专职")
    PART_TIME = "part_time", _("兼职")


class Hindrance(TextChoices):
    """What keeps a doctor from seeing customers; empty: nothing."""

    NONE = "", _("可以接诊")
    NOT_REGISTERED = "not_registered", _("没有登记")
    NOT_CERTIFIED = "not_certified", _("没有资格认证")
    NO_AGREEMENT = "no_agreement", _("没有兼职协议")


class EntryKind(TextChoices):
    """What is kept about a doctor's work besides the certificates."""

    TRAINING = "training", _("培训")
    CASE = "case", _("成功案例")
