"""Messages to many: birthdays and festivals by themselves, activities by colleagues. Who gets one is frozen when it starts (FUP-007, FUP-008)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer, Segment
from kefu.followup.choices import PUSH_TONES, PushKind, PushState
from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.messaging.models import Message
from kefu.organisation.models import Node, User

USER = settings.AUTH_USER_MODEL


class PushQuerySet(models.QuerySet["Push"]):
    """Pushes within a user's scope."""

    def visible_to(self, user: User) -> PushQuerySet:
        """Those made for the places one may see pushes of, and one's own."""
        return self.filter(scope(user, FollowUpPermission.PUSH_VIEW, node="node_id", owners=("made_by_id",)))


class Push(models.Model):
    """One message to many customers: what, to whom, approved by whom, and how far it is."""

    kind = models.CharField(max_length=10, choices=PushKind.choices)
    title = models.CharField(_("名称"), max_length=60)
    template = models.CharField(max_length=60)
    day = models.DateField(_("日期"))
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", verbose_name=_("机构"))
    segment = models.ForeignKey(Segment, models.PROTECT, null=True, related_name="+", verbose_name=_("客户群"))
    per_minute = models.PositiveIntegerField(_("每分钟几条"))
    state = models.CharField(max_length=10, choices=PushState.choices, default=PushState.DRAFT)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(_("几点开始"), null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = PushQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["id"], name="push_running", condition=Q(state="running"))]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "template", "day"], name="push_greeting_once", condition=~Q(kind="campaign")
            ),
            models.CheckConstraint(
                name="push_two_people", condition=Q(approved_by__isnull=True) | ~Q(kind="campaign") | ~Q(approved_by=F("made_by")),
            ),
            models.CheckConstraint(name="push_pace", condition=Q(per_minute__gte=1)),
        ]  # fmt: skip

    @property
    def shown(self) -> Status:
        """The state as colour, icon and word."""
        tone, icon = PUSH_TONES[PushState(self.state)]
        return Status(tone, icon, self.get_state_display())


class PushRecipient(models.Model):
    """One customer of a push, once; without a message while it is still to be written."""

    push = models.ForeignKey(Push, models.PROTECT, related_name="recipients")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["push", "id"], name="push_unwritten", condition=Q(message__isnull=True))]
        constraints = [models.UniqueConstraint(fields=["push", "customer"], name="push_once_each")]


class FestivalGreeting(models.Model):
    """Whether customers are greeted at a festival by themselves, and who said so last."""

    festival = models.CharField(max_length=40, unique=True)
    on = models.BooleanField(default=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
