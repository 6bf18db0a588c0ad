"""Closed lists of the journey."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class JourneyState(TextChoices):
    """Whether a journey is under way."""

    OPEN = "open", _("进行中")
    CLOSED = "closed", _("流程结束")
    WITHDRAWN = "withdrawn", _("客户退出")


class EntryKind(TextChoices):
    """What a line of a journey's history says."""

    STARTED = "started", _("开始")
    DONE = "done", _("完成")
    MARKED = "marked", _("状态变化")
    SKIPPED = "skipped", _("跳过")
    CORRECTED = "corrected", _("改回")
    CLOSED = "closed", _("结束")
    WITHDRAWN = "withdrawn", _("客户退出")
    REOPENED = "reopened", _("恢复")


class GateMode(TextChoices):
    """When a gate of a node lets pass."""

    NOW = "now", _("正在此节点")
    REACHED = "reached", _("到达此节点之后")
