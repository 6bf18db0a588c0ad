"""Whether anybody or anything is in two places at once, asked of the rows themselves and of nothing that the constraints are made of."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

_TWICE = """
    WITH tied AS (
        SELECT id, doctor_id, customer_id, room_id, equipment_id, node_id, session, seat, during, coalesce(blocked, during) AS needed
        FROM appointments_appointment WHERE status IN ('held', 'booked', 'arrived', 'completed')
    )
    SELECT CASE WHEN a.customer_id = b.customer_id THEN 'customer' WHEN a.node_id <> b.node_id AND a.doctor_id = b.doctor_id THEN 'way'
                WHEN a.doctor_id = b.doctor_id THEN 'doctor' WHEN a.room_id = b.room_id THEN 'room' ELSE 'equipment' END, a.id, b.id
    FROM tied a JOIN tied b ON a.id < b.id
    WHERE a.customer_id = b.customer_id AND a.during && b.during
       OR (a.session IS NULL OR b.session IS NULL OR a.session <> b.session OR a.seat = b.seat) AND a.needed && b.needed
          AND (a.doctor_id = b.doctor_id OR a.room_id = b.room_id OR a.equipment_id = b.equipment_id)
       OR a.doctor_id = b.doctor_id AND a.node_id <> b.node_id AND lower(a.needed) < upper(b.needed) + interval '60 minutes'
          AND lower(b.needed) < upper(a.needed) + interval '60 minutes'
    ORDER BY a.id, b.id
"""
_CROWDED = """
    SELECT session, lower(during)::text, array_agg(seat ORDER BY seat) FROM appointments_appointment
    WHERE session IS NOT NULL AND status IN ('held', 'booked', 'arrived', 'completed') GROUP BY session, lower(during)
"""


def collisions(capacities: Mapping[int, int]) -> list[tuple[object, ...]]:
    """Pairs of bookings or holds that share a doctor, a customer, a room, equipment or a seat, buffers and the hour between centres included;
    and sessions with more people, or other seats, than `capacities` says."""
    with connection.cursor() as cursor:
        cursor.execute(_TWICE)
        found = cursor.fetchall()
        cursor.execute(_CROWDED)
        crowded = [row for row in cursor.fetchall() if not _fits(row[2], capacities[row[0]])]
    return [*found, *crowded]


def _fits(seats: list[int], capacity: int) -> bool:
    return len(set(seats)) == len(seats) and set(seats) <= set(range(1, capacity + 1))
