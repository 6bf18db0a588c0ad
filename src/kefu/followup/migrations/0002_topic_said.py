from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followup", "0001_initial")]
    operations = [
        migrations.RenameField("followup", "topic", "said"),
        migrations.AddField("followup", "values", models.JSONField(default=dict)),
    ]
