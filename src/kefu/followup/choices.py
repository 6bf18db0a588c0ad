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


class PushKind(TextChoices):
    """What is sent to many."""

    BIRTHDAY = "birthday", _("生日问候")
    FESTIVAL = "festival", _("节日问候")
    CAMPAIGN = "campaign", _("活动推送")


class PushState(TextChoices):
    """How far a push is."""

    DRAFT = "draft", _("待批准")
    APPROVED = "approved", _("已批准")
    RUNNING = "running", _("正在发")
    PAUSED = "paused", _("已暂停")
    DONE = "done", _("已发完")
    STOPPED = "stopped", _("已停止")


PUSH_TONES = {
    PushState.DRAFT: ("soon", "clock"),
    PushState.APPROVED: ("move", "check"),
    PushState.RUNNING: ("move", "send"),
    PushState.PAUSED: ("pause", "player-pause"),
    PushState.DONE: ("done", "check"),
    PushState.STOPPED: ("quiet", "x"),
}
