"""Limit of `lab.oru_ingest`.

Work: reading the message with our own codec; finding by key what its results belong to and are judged by, with order and journey locked
(order by number, its items, the accepted sample, analytes, ranges, values that are here already, journey, people to be told); then the
rows that filing writes, with the same values: message and its link to the order, every result, the report, audit entries, line of the
timeline, notices, entry of the journey; order and journey updated. One transaction; the commit is included. Not included: matching,
judging, rights, gates, deadlines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from django.db.models import Model

from bench.limits.inserting import insert_into, values_of
from kefu.customers.models import TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.journey.models import Journey, JourneyEntry
from kefu.lab.hl7 import read, reports_of
from kefu.lab.models import Message, Order, Report, ResultVersion

READS = (
    "SELECT 1 FROM lab_message WHERE application = %(application)s AND control_id = %(control)s AND sha256 = %(sha256)s",
    "SELECT o.*, c.name, c.sex, c.birth_date, c.node_id FROM lab_order o JOIN customers_customer c ON c.id = o.customer_id WHERE o.number = %(number)s",
    "SELECT l.*, i.code FROM lab_orderitem l JOIN products_testitem i ON i.id = l.item_id WHERE l.order_id = %(order)s AND l.removed_in IS NULL",
    "SELECT taken_at, checked_at FROM lab_sample WHERE order_item_id = %(line)s AND state = 'accepted'",
    "SELECT a.* FROM products_analyte a WHERE a.item_id = %(item)s ORDER BY a.position",
    "SELECT r.* FROM products_referencerange r JOIN products_analyte a ON a.id = r.analyte_id WHERE a.item_id = %(item)s",
    "SELECT j.*, n.code FROM journey_journey j JOIN journey_nodetemplate n ON n.id = j.node_id"
    " WHERE j.customer_id = %(customer)s AND j.state = 'open' FOR UPDATE OF j",
    "SELECT o.* FROM lab_order o WHERE o.id = %(order)s FOR UPDATE",
    "SELECT DISTINCT ON (analyte_id, sub_id) * FROM lab_resultversion WHERE order_item_id = %(line)s AND NOT late"
    " ORDER BY analyte_id, sub_id, version DESC",
    "SELECT * FROM lab_report WHERE order_item_id = %(line)s AND status <> 'superseded' FOR UPDATE",
    "SELECT u.id, u.language FROM organisation_user u JOIN customers_customer c ON u.id IN (c.doctor_id, c.health_manager_id) WHERE c.id = %(customer)s",
    "SELECT kind, node_id, status_code FROM journey_journeyentry WHERE journey_id = %(journey)s ORDER BY id",
)
UPDATES = (
    "UPDATE lab_order SET status = 'report_under_review', report_arrived_at = %(at)s WHERE id = %(order)s",
    "UPDATE journey_journey SET status_code = 'report_under_review', due_at = %(at)s WHERE id = %(journey)s",
)
LINK = 'INSERT INTO "lab_message_orders" (message_id, order_id) VALUES (%s, %s)'


@dataclass(frozen=True)
class Filed:
    """The rows that one message has left, as a pattern for others."""

    message: Message
    results: list[ResultVersion]
    others: list[Model]


@dataclass(frozen=True)
class Ready:
    """The message and rows of another order, as statements with values."""

    raw: bytes
    keys: dict[str, Any]
    message: list[Any]
    results: list[list[Any]]
    others: list[tuple[str, list[Any]]]


def filed(message: Message, order: Order) -> Filed:
    """What filing a message about an order has written beside its results."""
    others: list[Model] = [
        *Report.objects.filter(order=order), *TimelineLine.objects.filter(customer=order.customer, kind="report"),
        *AuditEntry.objects.filter(code__in=("lab.message.received", "lab.results.filed")).order_by("-pk")[:2],
        *Notice.objects.filter(customer_id=order.customer_id, code="report_arrived_staff"),
        *JourneyEntry.objects.filter(journey__customer=order.customer, kind="marked"),
    ]  # fmt: skip
    return Filed(message, list(message.results.all()), others)


def ready(pattern: Filed, order: Order, raw: bytes, sha256: str) -> Ready:
    """The same rows about another order, whose only item of the message is the same."""
    line = order.items.get(item_id=pattern.results[0].order_item.item_id)
    journey = Journey.objects.filter(customer=order.customer).latest("pk")
    message = pattern.message
    message.raw, message.sha256, message.size = raw, sha256, len(raw)
    for result in pattern.results:
        result.order_item = line
    own = {"order_id": order.pk, "order_item_id": line.pk, "customer_id": order.customer_id, "journey_id": journey.pk}
    for row in pattern.others:
        for name in own.keys() & {field.attname for field in row._meta.concrete_fields}:
            setattr(row, name, own[name])
    others = [(insert_into(type(row)), values_of(row)) for row in pattern.others]
    keys = {"order": order.pk, "number": order.number, "line": line.pk, "item": line.item_id, "customer": order.customer_id,
            "journey": journey.pk, "application": message.application, "control": message.control_id, "sha256": sha256, "at": message.received_at}  # fmt: skip
    return Ready(raw, keys, values_of(message), [values_of(result) for result in pattern.results], others)


RESULT_COLUMNS = [field.attname for field in ResultVersion._meta.concrete_fields if not field.primary_key]
MESSAGE_OF_RESULT = RESULT_COLUMNS.index("message_id")
MESSAGE, RESULT = insert_into(Message), insert_into(ResultVersion)


def write(connection: psycopg.Connection[Any], rows: Ready) -> None:
    """Read the message and what belongs to it, write the rows and commit."""
    for part in read(rows.raw, fallback_charset=None):
        reports_of(part.message)
    with connection.cursor() as cursor:
        for statement in READS:
            cursor.execute(statement, rows.keys).fetchall()
        (pk,) = cursor.execute(MESSAGE, rows.message).fetchone() or (0,)
        cursor.execute(LINK, [pk, rows.keys["order"]])
        at = MESSAGE_OF_RESULT
        cursor.executemany(RESULT, [[*values[:at], pk, *values[at + 1 :]] for values in rows.results])
        for statement, values in rows.others:
            cursor.execute(statement, values)
        for statement in UPDATES:
            cursor.execute(statement, rows.keys)
    connection.commit()
