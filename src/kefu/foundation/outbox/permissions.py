"""Rights over messages that could not leave."""

from kefu.foundation.access.rules import Needed, Permission, grants


class OutboxPermission(Permission):
    """What may be done with held and dead messages."""

    MANAGE = "outbox:message:manage"


grants({OutboxPermission.MANAGE: ("configuration", Needed.ACT)})
