"""Closed lists of follow-ups."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FollowUpKind(TextChoices):
    """Why a customer is contacted."""

    AFTER_REPORT = "after_report", _("报告回访")
    HOLIDAY = "holiday", _("节日回访")
    RETEST = "retest", _("复检提醒")
    REFILL = "refill", _("续用提醒")
    CALLBACK = "callback", _("约定再联系")


class Basis(TextChoices):
    """What the date counts from (FUP-001: receipt, else interpretation)."""

    RECEIPT = "receipt", _("客户收到报告")
    INTERPRETATION = "interpretation", _("报告解读")
    TEST = "test", _("检测日期")
    DISPATCH = "dispatch", _("产品发货")
    AGREED = "agreed", _("与客户约定")


class FollowUpState(TextChoices):
    """How a follow-up stands."""

    OPEN = "open", _("待回访")
    DONE = "done", _("已回访")
    STOPPED = "stopped", _("已停止")


TONES = {
    FollowUpState.OPEN: ("soon", "phone-call"),
    FollowUpState.DONE: ("done", "check"),
    FollowUpState.STOPPED: ("quiet", "x"),
}
