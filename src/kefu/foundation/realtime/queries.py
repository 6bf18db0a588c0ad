"""What a person's pages may hear."""

from kefu.foundation.access.queries import access_of
from kefu.foundation.realtime.publishing import EVERYONE, of_node, of_user
from kefu.organisation.models import User


def topics_of(user: User) -> frozenset[str]:
    """The person's own topic, those of the nodes any of his or her roles reaches, and everybody's."""
    nodes = set().union(*access_of(user).role_nodes.values())
    return frozenset({of_user(user), EVERYONE, *map(of_node, nodes)})
