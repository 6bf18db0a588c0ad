import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
        ("worktime", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("name", models.CharField(max_length=60, verbose_name="原因")),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closed_days",
                        to="organisation.node",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("node", "day"), name="closed_day_once")],
                "ordering": ["day"],
            },
        ),
    ]
