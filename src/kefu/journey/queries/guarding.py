"""What the gates and the events ask of the configuration and of a customer's journeys. Plain SQL: every step of everybody's work asks."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from kefu.foundation.audit.trail import Subject

_GATES = """
    SELECT gate.mode, coalesce(nullif(gate.roles, '{}'), node.roles), node.id, node."order", node.template_id
    FROM journey_nodegate gate JOIN journey_nodetemplate node ON node.id = gate.node_id
    JOIN journey_journeytemplate template ON template.id = node.template_id
    WHERE gate.gate = %s AND template.active AND NOT node.retired ORDER BY gate.id
"""
_STANDS = """
    SELECT journey.template_id, journey.node_id, node."order", customer.node_id, EXISTS (
        SELECT 1 FROM journey_journeyentry entry
        WHERE entry.journey_id = journey.id AND entry.subject_kind = %(kind)s AND entry.subject_id = %(subject)s
    )
    FROM journey_journey journey JOIN customers_customer customer ON customer.id = journey.customer_id
    LEFT JOIN journey_nodetemplate node ON node.id = journey.node_id
    WHERE journey.customer_id = %(customer)s AND journey.state = 'open' ORDER BY journey.id
"""
_MOVED = """
    SELECT moved.how, node.id, node.template_id, moved.status_code FROM (
        SELECT 'done' AS how, id AS node_id, '' AS status_code FROM journey_nodetemplate WHERE completed_by = %(event)s AND NOT retired
        UNION ALL SELECT 'clock', id, '' FROM journey_nodetemplate WHERE clock_from = %(event)s AND NOT retired
        UNION ALL SELECT 'undone', id, '' FROM journey_nodetemplate WHERE %(event)s = ANY(undone_by) AND NOT retired
        UNION ALL SELECT 'marked', node_id, code FROM journey_extrastatus WHERE set_by = %(event)s
    ) moved JOIN journey_nodetemplate node ON node.id = moved.node_id JOIN journey_journeytemplate template ON template.id = node.template_id
    WHERE template.active ORDER BY node."order"
"""


class Guarded(NamedTuple):
    """A node that guards a gate, with the roles that may pass there."""

    mode: str
    roles: list[str]
    node_id: int
    order: int
    template_id: int


class Stand(NamedTuple):
    """Where an open journey stands, the customer's centre, and whether a record belongs to the journey."""

    template_id: int
    node_id: int | None
    order: int | None
    centre: int
    linked: bool


class Moved(NamedTuple):
    """A node that an event completes (`done`), takes back (`undone`), marks with a status word or starts the clock of."""

    how: str
    node_id: int
    template_id: int
    status_code: str


def guarded_by(gate: str) -> list[Guarded]:
    """The nodes of active journeys that guard a gate."""
    with connection.cursor() as cursor:
        cursor.execute(_GATES, [gate])
        return [Guarded(*row) for row in cursor.fetchall()]


def stands_of(customer_id: int, subject: Subject | None) -> list[Stand]:
    """Where the open journeys of a customer stand, oldest first. The action that asks holds the customer, so they stay there."""
    kind, subject_id = (subject.kind, subject.id) if subject else ("", None)
    with connection.cursor() as cursor:
        cursor.execute(_STANDS, {"customer": customer_id, "kind": kind, "subject": subject_id})
        return [Stand(*row) for row in cursor.fetchall()]


def moved_by(event: str) -> list[Moved]:
    """What an event does to the nodes of active journeys, in the order of the nodes."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"event": event})
        return [Moved(*row) for row in cursor.fetchall()]
