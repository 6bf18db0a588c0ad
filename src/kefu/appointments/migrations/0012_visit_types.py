"""Types of visits become rows; an installation that is in use gets the three it has been booking by (APT-015)."""

from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

SHIPPED = (
    ("first_visit", "初诊", "First visit"),
    ("revisit", "复诊", "Re-visit"),
    ("interpretation", "报告解读", "Report interpretation"),
)


def keep_bookings_valid(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """A new installation loads its content later; bookings of an older one name these already."""
    if apps.get_model("organisation", "Node").objects.exists():
        model = apps.get_model("appointments", "VisitType")
        model.objects.bulk_create(
            model(code=code, zh=zh, en=en, position=place) for place, (code, zh, en) in enumerate(SHIPPED, 1)
        )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("appointments", "0011_node_found_once"), ("organisation", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="VisitType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("zh", models.CharField(max_length=200, verbose_name="中文名")),
                ("en", models.CharField(blank=True, max_length=200, verbose_name="英文名")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="编码")),
                ("online", models.BooleanField(default=True, verbose_name="客户可以在网上约")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="次序")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                (
                    "node",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.node",
                        verbose_name="中心",
                    ),
                ),
            ],
            options={"ordering": ["position", "code"]},
        ),
        migrations.AddConstraint(
            model_name="visittype",
            constraint=models.CheckConstraint(
                condition=~Q(code="") & ~Q(zh="") & ~Q(en=""), name="visit_type_named"
            ),
        ),
        migrations.RunPython(keep_bookings_valid, migrations.RunPython.noop),
    ]
