import django.contrib.postgres.fields
from django.db import migrations, models

SQL = """
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_append_only();
"""
REVERSE = "DROP TRIGGER audit_seal_append_only ON audit_seal;"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_personal")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_id", models.BigIntegerField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("digests", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("last_id",), name="seal_ends_once")],
            },
        ),
        migrations.RunSQL(SQL, REVERSE),
    ]
