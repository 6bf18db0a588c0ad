"""Keeps the order: answers every gate of the modules below from the configured nodes (JRN-018)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.access.queries import access_of
from kefu.foundation.gates.registry import Passage, guard
from kefu.journey.models import NodeTemplate
from kefu.journey.queries.guarding import Guarded, Stand, guarded_by, stands_of
from kefu.journey.rules import may_pass
from kefu.kernel.errors import Forbidden, Refused

FIRST = "customers.archive.open"


@guard
def journey_allows(passage: Passage) -> None:
    """Refuse a step whose node is not reached, and one by a role whose step it is not.

    A gate that no node of an active journey names is free. Raises Refused `no_journey` or `journey_elsewhere`, Forbidden `wrong_role`.
    """
    gates = guarded_by(passage.gate)
    if not gates:
        return
    gate, centre = _first(passage, gates) if passage.gate == FIRST else _passable(passage, gates)
    if not any(access_of(passage.by).has_role(role, centre) for role in gate.roles):
        raise Forbidden("wrong_role", _("“%(node)s”不由您的岗位办理。") % {"node": _node(gate.node_id).label})


def _first(passage: Passage, gates: list[Guarded]) -> tuple[Guarded, int]:
    """The gate of a customer who has no journey yet, and the customer's centre."""
    return gates[0], Customer.objects.values_list("node_id", flat=True).get(pk=passage.customer_id)


def _passable(passage: Passage, gates: list[Guarded]) -> tuple[Guarded, int]:
    """The node through which one of the customer's open journeys may pass, and the customer's centre."""
    every = stands_of(passage.customer_id, passage.subject)
    journeys = [stand for stand in every if stand.linked] or every
    if not journeys:
        raise Refused("no_journey", _("客户没有进行中的服务流程，请先建档或开始新的流程。"))
    for stand in journeys:
        for gate in gates:
            if gate.template_id == stand.template_id and may_pass(gate.mode, gate.order, stand.order):
                return gate, stand.centre
    raise _elsewhere(journeys[0], gates[0])


def _elsewhere(stand: Stand, gate: Guarded) -> Refused:
    here, wanted = _node(stand.node_id) if stand.node_id else None, _node(gate.node_id)
    return Refused(
        "journey_elsewhere",
        _("流程现在在“%(here)s”，还不能办“%(wanted)s”。")
        % {"here": here.label if here else "", "wanted": wanted.label},
        {"node": here.code if here else "", "wanted": wanted.code},
    )


def _node(pk: int) -> NodeTemplate:
    return NodeTemplate.objects.get(pk=pk)
