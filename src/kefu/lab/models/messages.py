"""What laboratories sent, byte for byte, and what became of it (LAB-007)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.lab.choices import MessageState
from kefu.lab.models.orders import Order
from kefu.lab.permissions import LabPermission
from kefu.organisation.models import Node, User

USER = settings.AUTH_USER_MODEL
LATEST = ("-received_at", "-id")


class Laboratory(models.Model):
    """What we know of a sender: the character set it really writes, and its codes where they are not ours."""

    application = models.CharField(_("发送系统（MSH-3）"), max_length=100)
    facility = models.CharField(_("发送机构（MSH-4）"), max_length=100, blank=True)
    fallback_charset = models.CharField(_("实际字符集"), max_length=20, blank=True)
    codes = models.JSONField(_("编码对照"), default=dict, blank=True)
    changed_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["application", "facility"]
        constraints = [models.UniqueConstraint(fields=["application", "facility"], name="lab_laboratory_once")]


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages within a user's reach."""

    def visible_to(self, user: User, permission: Permission = LabPermission.REPORT_UNREVIEWED) -> Self:
        """Messages of the nodes this permission reaches; a message that is not filed belongs to the laboratory's own node."""
        return self.filter(scope(user, permission, node="node_id"))


class Message(models.Model):
    """A message as received. `answer` is what the sender was told; the same bytes again are told the same.

    `reason` is a code of `rules.reasons` that says why it was not filed, `details` codes and numbers (never names) that go with it.
    """

    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    peer = models.CharField(_("来源"), max_length=100, blank=True)
    application = models.CharField(_("发送系统"), max_length=100, blank=True)
    facility = models.CharField(_("发送机构"), max_length=100, blank=True)
    control_id = models.CharField(_("消息号"), max_length=200, blank=True)
    type = models.CharField(_("类型"), max_length=20, blank=True)
    charset = models.CharField(_("字符集"), max_length=20, blank=True)
    charset_flagged = models.BooleanField(_("字符集与声明不符"), default=False)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(_("状态"), max_length=12, choices=MessageState.choices)
    acknowledged = models.CharField(_("应答"), max_length=2, default="AE")
    error_code = models.CharField(_("错误码"), max_length=3, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    details = models.JSONField(default=list, blank=True)
    answer = models.BinaryField(default=b"")
    received_at = models.DateTimeField(_("收到时间"))
    orders = models.ManyToManyField(Order, related_name="messages")
    handled_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    handled_at = models.DateTimeField(_("处理时间"), null=True)
    handled_reason = models.CharField(_("处理说明"), max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = LATEST
        indexes = [
            models.Index(fields=LATEST, name="lab_message_latest"),
            models.Index(fields=["state", *LATEST], name="lab_message_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "facility", "control_id", "sha256"], name="lab_message_once"
            ),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, handled_by__isnull=True, handled_reason="")
                | (Q(handled_at__isnull=False, handled_by__isnull=False) & ~Q(handled_reason="")),
                name="lab_message_handled_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.control_id}"
