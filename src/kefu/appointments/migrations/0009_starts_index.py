"""Bookings by when they begin, of all places and of one: the list and the timetable."""

from typing import ClassVar

import django.contrib.postgres.fields.ranges
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("appointments", "0008_told")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(django.contrib.postgres.fields.ranges.RangeStartsWith("during"), models.F("id"), name="appointment_starts"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(models.F("node"), django.contrib.postgres.fields.ranges.RangeStartsWith("during"), models.F("id"), name="appointment_of_node"),
        ),
    ]
