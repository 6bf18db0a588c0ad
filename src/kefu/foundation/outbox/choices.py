"""What can become of a message."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a message is on its way out."""

    PENDING = "pending", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    HELD = "held", _("暂存")
    DEAD = "dead", _("发送失败")
    CANCELLED = "cancelled", _("已取消")


STOPPED = frozenset({State.HELD, State.DEAD})
