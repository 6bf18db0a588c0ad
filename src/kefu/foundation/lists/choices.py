"""How far a bulk action is, and what became of a row."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    """Where a bulk action stands."""

    ASKED = "asked", _("还没有开始")
    RUNNING = "running", _("正在办理")
    DONE = "done", _("已办完")


class RowState(TextChoices):
    """What became of a row."""

    WAITING = "waiting", _("排队中")
    DONE = "done", _("已办")
    REFUSED = "refused", _("没有办成")
