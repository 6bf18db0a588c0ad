from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        migrations.RenameField("charge", "item", "said"),
        migrations.AddField("charge", "values", models.JSONField(default=dict)),
    ]
