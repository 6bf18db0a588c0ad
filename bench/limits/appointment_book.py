"""Limit of `appointment.book`.

Rows: the appointment under its three exclusion constraints, its change, its audit entry and the job that will tell the customer, with
the values the action writes. One transaction; the commit is included. Not included: whether the doctor holds clinic then, rights, the
line of the timeline, telling the doctor.
"""

from __future__ import annotations

from typing import Any

import psycopg
from procrastinate.contrib.django.models import ProcrastinateJob

from bench.limits.inserting import insert_into, values_of
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.foundation.audit.models import AuditEntry

APPOINTMENT, CHANGE, ENTRY, JOB = (
    insert_into(model) for model in (Appointment, AppointmentChange, AuditEntry, ProcrastinateJob)
)


def write(
    connection: psycopg.Connection[Any], appointment: list[Any], change: list[Any], entry: list[Any], job: list[Any]
) -> None:
    """Insert the rows and commit."""
    with connection.cursor() as cursor:
        (pk,) = cursor.execute(APPOINTMENT, appointment).fetchone() or (0,)
        cursor.execute(CHANGE, [pk, *change[1:]])
        cursor.execute(ENTRY, entry)
        cursor.execute(JOB, job)
    connection.commit()


def ready(
    appointment: Appointment, change: AppointmentChange, entry: AuditEntry, job: ProcrastinateJob
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Rows as values."""
    return values_of(appointment), values_of(change), values_of(entry), values_of(job)
