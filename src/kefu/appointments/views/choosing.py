"""What the address of a page chooses: a day, the centres and the doctors one may work with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.days import day_in
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Node, User

HOLD_CLINIC = (NodeKind.CENTRE, NodeKind.OFFICE, NodeKind.FRANCHISE)
"""Places where doctors see customers."""


def chosen_day(request: StaffRequest) -> date:
    """The day of the address, else today."""
    return day_in(request.GET.get("day")) or timezone.localdate(request.at)


def nodes_for(user: User, permission: AppointmentPermission = AppointmentPermission.VIEW) -> QuerySet[Node]:
    access = access_of(user)
    nodes = Node.objects.filter(closed_on__isnull=True, kind__in=HOLD_CLINIC)
    return nodes.filter(
        pk__in=[
            node.pk for node in nodes if access.may_at(permission, node.pk) or access.may_own_at(permission, node.pk)
        ]
    )


def chosen_node(request: StaffRequest, nodes: Sequence[Node]) -> Node | None:
    """The centre of the address, else one's own, else the first of those within reach."""
    asked = {str(node.pk): node for node in nodes}
    own = next((node for node in nodes if node.pk == request.user.node_id), None)
    return asked.get(request.GET.get("node", "")) or own or next(iter(nodes), None)


def doctors_of(nodes: QuerySet[Node]) -> QuerySet[User]:
    return User.objects.filter(is_active=True, grants__role__code="doctor", grants__node__in=nodes).distinct()
