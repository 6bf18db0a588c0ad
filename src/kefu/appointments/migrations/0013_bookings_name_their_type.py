"""Bookings and requests name a type that exists; the column stays the code it was."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


def _type() -> models.ForeignKey:
    return models.ForeignKey(
        db_column="type", db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="appointments.visittype",
        to_field="code", verbose_name="事项",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [("appointments", "0012_visit_types")]

    operations: ClassVar = [
        migrations.AlterField(model_name="appointment", name="type", field=_type()),
        migrations.AlterField(model_name="appointmentrequest", name="type", field=_type()),
    ]
