"""Patience with the outside world."""

from django.utils.translation import gettext_lazy as _

from kefu.foundation.limits.registry import limit

ATTEMPTS = limit("outbox.attempts", 8, _("对外发送最多尝试次数"), unit="times", source="NFR-003")
FIRST_WAIT = limit("outbox.first_wait", 30, _("对外发送首次重试等待"), unit="seconds", source="NFR-003")
LONGEST_WAIT = limit("outbox.longest_wait", 3600, _("对外发送重试最长等待"), unit="seconds", source="NFR-003")
