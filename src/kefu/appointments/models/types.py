"""What one may come for: first visit, re-visit, interpretation, and whatever a house adds (APT-015)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Labelled, Node

CODE = 20


class VisitTypeQuerySet(models.QuerySet["VisitType"]):
    """Types by where they are offered."""

    def in_use(self) -> VisitTypeQuerySet:
        """Those that are not retired."""
        return self.filter(active=True)

    def at(self, nodes: Iterable[Any]) -> VisitTypeQuerySet:
        """Those one may book at one of these places: of every place, or of its own."""
        return self.in_use().filter(Q(node__isnull=True) | Q(node__in=nodes))


class VisitType(Labelled):
    """An item of a booking. Bookings keep its code, so it is never deleted; retired, it is offered no more and old bookings still say it."""

    code = models.CharField(_("编码"), max_length=CODE, unique=True)
    node = models.ForeignKey(
        Node, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("中心"), db_index=False
    )
    online = models.BooleanField(_("客户可以在网上约"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    active = models.BooleanField(_("启用"), default=True)

    objects = VisitTypeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        constraints = [models.CheckConstraint(name="visit_type_named", condition=~Q(code="") & ~Q(zh="") & ~Q(en=""))]
