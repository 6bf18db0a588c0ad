"""Closed lists of surveys."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ResponseOutcome(TextChoices):
    """What came of asking."""

    COMPLETED = "completed", _("已回答")
    REFUSED = "refused", _("不愿回答")


class SurveyChannel(TextChoices):
    """How the customer was asked (SAT-003)."""

    PHONE = "phone", _("电话")
    ONSITE = "onsite", _("当面")
    SMS = "sms", _("短信")
    EMAIL = "email", _("邮件")
    PAPER = "paper", _("纸质问卷")


class OpinionState(TextChoices):
    """How an opinion stands."""

    OPEN = "open", _("待答复")
    ANSWERED = "answered", _("已答复")
