"""What is wrong with a row stands with the row; titles of files are mapped to columns, under a name."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def move_errors(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """From one list on the run to the rows."""
    rows = apps.get_model("exchange", "ImportedRow")
    for run in apps.get_model("exchange", "ImportRun").objects.exclude(errors=[]).iterator(chunk_size=1):
        wrong: dict[int, list[object]] = {}
        for error in run.errors:
            wrong.setdefault(error["row"], []).append(error)
        made = (rows(run=run, row=row, did="bad", errors=errors) for row, errors in wrong.items())
        rows.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.AddField("importrun", "mapping", models.JSONField(default=dict)),
        migrations.AddField("importedrow", "errors", models.JSONField(default=list)),
        migrations.RunPython(move_errors, migrations.RunPython.noop),
        migrations.RemoveField("importrun", "errors"),
        migrations.AddIndex("importedrow", models.Index(fields=["run", "did", "row"], name="imported_row_did")),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("spec", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("titles", models.CharField(max_length=64)),
                ("columns", models.JSONField(default=dict)),
                ("shared", models.BooleanField(default=False, verbose_name="同事也能用")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("spec", "by", "name"), name="saved_mapping_name")]
            },
        ),
    ]
