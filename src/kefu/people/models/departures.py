"""Somebody leaves: why, when, what goes to whom, what is done (ORG-016). The state is what these rows say."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.organisation.models import Node, User
from kefu.people.choices import LeavingReason, LeavingTask
from kefu.people.permissions import PeoplePermission

USER = settings.AUTH_USER_MODEL


class DepartureQuerySet(models.QuerySet["Departure"]):
    """Departures as people meet them."""

    def visible_to(self, user: User) -> DepartureQuerySet:
        """Those of the places whose register one sees, or for which one decides."""
        reached = [
            scope(user, right, node="node_id")
            for right in (PeoplePermission.LEAVING_VIEW, PeoplePermission.LEAVING_DECIDE)
        ]
        return self.filter(reached[0] | reached[1]) if all(reached) else self.all()

    def running(self) -> DepartureQuerySet:
        """Those in which something is still to be done."""
        return self.filter(settled_at__isnull=True, cancelled_at__isnull=True)


class Departure(models.Model):
    """One person leaves one place. `settled_at`: the account is closed, nothing is held any more and every task is done."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="departures")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    reason = models.CharField(_("离职原因"), max_length=12, choices=LeavingReason.choices)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    last_day = models.DateField(_("最后一天"))
    opened_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    waived_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(null=True)
    waived_reason = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = models.CharField(max_length=300, blank=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        ordering = ["-last_day", "-id"]
        indexes = [models.Index(fields=["last_day", "id"], name="departure_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                name="departure_one_running",
                condition=Q(settled_at__isnull=True, cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True, waived_by__isnull=True)
                | (Q(waived_at__isnull=False, waived_by__isnull=False) & ~Q(waived_reason="")),
                name="departure_waived_says_why",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | (~Q(cancelled_reason="") & Q(closed_at__isnull=True)),
                name="departure_cancelled_says_why",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(closed_at__isnull=False), name="departure_settled_is_closed"
            ),
        ]

    @property
    def running(self) -> bool:
        """Whether something is still to be done."""
        return self.settled_at is None and self.cancelled_at is None


class WorkHandover(models.Model):
    """Some things of one kind went, or were offered, to one colleague; without one they were released. `left` stayed with the leaver."""

    departure = models.ForeignKey(Departure, models.PROTECT, related_name="handovers")
    code = models.CharField(max_length=40)
    taker = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    ids = ArrayField(models.BigIntegerField())
    left = ArrayField(models.BigIntegerField(), default=list)
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]


class DepartureTask(models.Model):
    """One line of the checklist."""

    departure = models.ForeignKey(Departure, models.PROTECT, related_name="tasks")
    code = models.CharField(max_length=12, choices=LeavingTask.choices)
    done_on = models.DateField(null=True)
    done_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["departure", "code"], name="departure_task_once"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, done_by__isnull=True)
                | Q(done_on__isnull=False, done_by__isnull=False),
                name="departure_task_done_by_somebody",
            ),
        ]
