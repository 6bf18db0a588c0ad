"""Ladders of roles, requests on their way up, and what each level said (ORG-014)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import access_of
from kefu.foundation.approvals.choices import RequestState, Verdict
from kefu.organisation.models import Labelled, Node, Role, User

USER = settings.AUTH_USER_MODEL


class Ladder(Labelled):
    """An order of roles: those of the first level only ask, each level above decides or passes up."""

    code = models.CharField(_("编码"), max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(_("顺序"))

    class Meta:
        ordering = ["order", "id"]


class LadderLevel(models.Model):
    """A role at a level; several roles may stand at the same one."""

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField()
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ladder_id", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["ladder", "role"], name="ladder_role_once")]


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    """Requests, found only by those they concern."""

    def waiting_for(self, user: User) -> Self:
        """Open ones whose level the person holds at the place they come from, or an absent colleague whose stand-in the person is.

        One's own are for others, and so is what one has decided at a level below.
        """
        mine = Q(pk__in=[])
        for person in persons(user):
            for role, nodes in access_of(person).role_nodes.items():
                mine |= Q(roles__contains=[role], node_id__in=nodes)
        open_ones = self.filter(mine, state=RequestState.OPEN)
        return open_ones.exclude(made_by=user).exclude(decisions__by=user)

    def visible_to(self, user: User) -> Self:
        """One's own, those one has decided at some level, and those that wait for oneself."""
        waiting = ApprovalRequest.objects.waiting_for(user).values("pk")
        decided = Decision.objects.filter(by=user).values("request")
        return self.filter(Q(made_by=user) | Q(pk__in=decided) | Q(pk__in=waiting))


def persons(user: User) -> list[User]:
    """The person and everybody whose stand-in he or she is."""
    absent = access_of(user).persons - {user.pk}
    return [user, *User.objects.filter(pk__in=absent)] if absent else [user]


class ApprovalRequest(models.Model):
    """What somebody asks for and proposes. The ladder is kept as it was when asked; `position` is the level whose turn it is."""

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="+", db_index=False)
    matter = models.CharField(_("事由"), max_length=40, blank=True)
    text = models.TextField(_("请示的情况"))
    proposal = models.TextField(_("处理意见"), blank=True)
    levels = models.JSONField()
    position = models.PositiveSmallIntegerField()
    final = models.PositiveSmallIntegerField()
    roles = ArrayField(models.CharField(max_length=40))
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["made_by", "-made_at", "-id"], name="approval_mine"),
            models.Index(fields=["node", "since"], name="approval_open", condition=Q(state=RequestState.OPEN)),
        ]
        constraints = [
            models.CheckConstraint(
                name="approval_ended",
                condition=Q(state=RequestState.OPEN, ended_at__isnull=True)
                | (~Q(state=RequestState.OPEN) & Q(ended_at__isnull=False)),
            )
        ]


class Decision(models.Model):
    """What one level said, once and for ever: by whom, for whom, and why."""

    request = models.ForeignKey(ApprovalRequest, models.CASCADE, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    comment = models.CharField(_("批示"), max_length=500, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    for_whom = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["request_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="approval_level_once"),
            models.CheckConstraint(
                name="approval_vacant_by_nobody",
                condition=Q(verdict=Verdict.VACANT, by__isnull=True)
                | (~Q(verdict=Verdict.VACANT) & Q(by__isnull=False)),
            ),
        ]
