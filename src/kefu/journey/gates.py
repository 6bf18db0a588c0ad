"""Keeps the order: answers every gate of the modules below from the configured nodes (JRN-018)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.access.queries import access_of
from kefu.foundation.gates.registry import Passage, guard
from kefu.journey.history import locked_open
from kefu.journey.models import NodeGate
from kefu.journey.rules import may_pass
from kefu.kernel.errors import Forbidden, Refused

FIRST = "customers.archive.open"


@guard
def journey_allows(passage: Passage) -> None:
    """Refuse a step whose node is not reached, and one by a role whose step it is not.

    A gate that no node of an active journey names is free. Raises Refused `no_journey` or `journey_elsewhere`, Forbidden `wrong_role`.
    """
    gates = list(
        NodeGate.objects.filter(gate=passage.gate, node__template__active=True, node__retired=False).select_related(
            "node"
        )
    )
    if not gates:
        return
    gate = gates[0] if passage.gate == FIRST else _passable(passage, gates)
    roles = gate.roles or gate.node.roles
    centre = Customer.objects.values_list("node_id", flat=True).get(pk=passage.customer_id)
    if not any(access_of(passage.by).has_role(role, centre) for role in roles):
        raise Forbidden("wrong_role", _("“%(node)s”不由您的岗位办理。") % {"node": gate.node.label})


def _passable(passage: Passage, gates: list[NodeGate]) -> NodeGate:
    """The node gate through which one of the customer's open journeys may pass; the journeys are locked until commit."""
    every, linked = locked_open(passage.customer_id, passage.subject, "node")
    journeys = linked or every
    if not journeys:
        raise Refused("no_journey", _("客户没有进行中的服务流程，请先建档或开始新的流程。"))
    for journey in journeys:
        for gate in gates:
            if gate.node.template_id == journey.template_id and may_pass(
                gate.mode, gate.node.order, journey.node.order if journey.node else None
            ):
                return gate
    here = journeys[0].node
    raise Refused(
        "journey_elsewhere",
        _("流程现在在“%(here)s”，还不能办“%(wanted)s”。")
        % {"here": here.label if here else "", "wanted": gates[0].node.label},
        {"node": here.code if here else "", "wanted": gates[0].node.code},
    )
