"""Who acts for whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.queries import access_of, scope
from kefu.organisation.models import Node, StandIn, User


def stand_ins_for(reader: User, at: datetime) -> QuerySet[StandIn]:
    """Stand-ins that run or are to come and concern the reader, or people whose rota he or she makes."""
    mine = _too(Q(absent=reader) | Q(substitute=reader), reader, "absent__node_id")
    running = StandIn.objects.filter(mine, ended_at__isnull=True, ends_at__gt=at)
    return running.select_related("absent", "substitute").order_by("starts_at", "pk")


def stand_ins_listed(reader: User, _asked: Mapping[str, str], at: datetime) -> QuerySet[StandIn]:
    """The stand-ins as their page lists them."""
    return stand_ins_for(reader, at)


def colleagues(reader: User) -> QuerySet[User]:
    """Whom the reader may ask: active people of his or her own place, the places above and those below."""
    above: list[int] = []
    node: Node | None = reader.node
    while node is not None:
        above.append(node.pk)
        node = node.parent
    near = Q(node_id__in=above) | Q(node__parent_id__in=above)
    return User.objects.filter(near, is_active=True, is_system=False).order_by("job_number")


def absent_people(reader: User) -> QuerySet[User]:
    """For whom the reader may ask: for himself or herself, and for those whose rota he or she makes."""
    whom = _too(Q(pk=reader.pk), reader, "node_id")
    return User.objects.filter(whom, is_active=True, is_system=False).order_by("job_number")


def _too(own: Q, reader: User, node: str) -> Q:
    """One's own, and what belongs to the people whose rota one makes; without a limit, everything."""
    if not access_of(reader).may(AdministrationPermission.STAND_IN_ARRANGE):
        return own
    reached = scope(reader, AdministrationPermission.STAND_IN_ARRANGE, node=node)
    return own | reached if reached else Q()
