"""What can become of a message."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a message is on its way out."""

    PENDING = "pending", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    DELIVERED = "delivered", _("已送达")
    HELD = "held", _("暂存")
    DEAD = "dead", _("发送失败")
    CANCELLED = "cancelled", _("已取消")


STOPPED = frozenset({State.HELD, State.DEAD})
LEFT = frozenset({State.SENT, State.DELIVERED})
EXPIRED = "expired"
"""The error of what was given up because it was of no use any more when it could leave."""


class Outcome(TextChoices):
    """What a receipt says of a message that was taken."""

    DELIVERED = "delivered", _("已送达")
    FAILED = "failed", _("没有送达")


class Unready(TextChoices):
    """Why a message is held although its channel is open."""

    TEMPLATE = "template", _("这条模板在服务商处还没有登记")
    ACCOUNT = "account", _("服务商账户要处理：余额、密钥或签名")
