"""The journeys that are under way, taken away as a spreadsheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.lists import Asked, Listed, register
from kefu.journey.models import Journey
from kefu.journey.permissions import JourneyPermission
from kefu.journey.queries.board import journeys_listed
from kefu.journey.queries.cards import card_rows
from kefu.journey.queries.positions import status_words
from kefu.organisation.models import User


@dataclass(frozen=True)
class Line:
    """A journey with the word of its status and whose turn it is."""

    journey: Journey
    status: str
    turn: str


def lines(journeys: Sequence[Journey], _user: User, at: datetime) -> Iterable[Line]:
    """The journeys as their cards tell of them."""
    words, cards = status_words(), card_rows(journeys, at)
    for one in journeys:
        person = cards[one.pk].person
        yield Line(one, words[one.status_code], person.name if person else "")


def home(asked: Asked) -> str:
    """The page of the node, else the board."""
    code = asked.get("node", "")
    return reverse("journey:node", args=[code]) if code else reverse("journey:board")


JOURNEYS = register(
    Listed(
        code="journey.journeys", title=_("服务流程"), page=home, view=(JourneyPermission.VIEW,), rows=journeys_listed,
        nodes=("customer__node_id",), customers=lambda line: (line.journey.customer_id,), read=lines,
        columns=(
            (_("客户"), lambda line: line.journey.customer.name), (_("分中心"), lambda line: line.journey.customer.node.label),
            (_("节点"), lambda line: line.journey.node.label if line.journey.node else ""), (_("状态"), lambda line: line.status),
            (_("到这一步"), lambda line: line.journey.since), (_("应于"), lambda line: line.journey.due_at), (_("轮到谁"), lambda line: line.turn),
            (_("医生"), lambda line: line.journey.customer.doctor.name if line.journey.customer.doctor else ""),
            (_("健康管理师"), lambda line: line.journey.customer.health_manager.name if line.journey.customer.health_manager else ""),
        ),
    )
)  # fmt: skip
