"""What a person may do about a journey besides its next step."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from kefu.journey.choices import JourneyState
from kefu.journey.history import has_turn
from kefu.journey.models import Journey, NodeTemplate
from kefu.journey.queries.positions import standing_of
from kefu.journey.queries.turns import my_turn
from kefu.organisation.models import User


@dataclass(frozen=True)
class Rights:
    """The wrong turns open to a person: complete and skip the current node, end or take up the journey, nodes to go back to."""

    complete: bool = False
    skip: bool = False
    steer: bool = False
    back_to: QuerySet[NodeTemplate] = field(default_factory=NodeTemplate.objects.none)


def rights_of(journey: Journey, user: User) -> Rights:
    """The same answers the actions would give, so that no page offers what would be refused."""
    steering = journey.template.steering_roles
    steer = has_turn(journey, steering, user)
    node = journey.node
    if journey.state != JourneyState.OPEN or node is None:
        return Rights(steer=steer)
    passed = standing_of(journey).passed
    corrects = has_turn(journey, journey.template.correction_roles, user)
    nodes = NodeTemplate.objects.filter(template=journey.template_id, retired=False, code__in=passed)
    return Rights(
        complete=node.manual and Journey.objects.filter(my_turn(user), pk=journey.pk).exists(),
        skip=node.optional and (steer or has_turn(journey, node.roles, user)),
        steer=steer,
        back_to=nodes.filter(pk__in=[one.pk for one in nodes if corrects or has_turn(journey, one.roles, user)]),
    )
