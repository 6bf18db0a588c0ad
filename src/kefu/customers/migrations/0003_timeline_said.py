from django.db import migrations, models


class Migration(migrations.Migration):
    """What was said before stays as it was written: words that are no sentence's code speak for themselves."""

    dependencies = [("customers", "0002_timeline_append_only")]
    operations = [
        migrations.RenameField("timelineline", "item", "said"),
        migrations.RenameField("timelineline", "lines", "details"),
        migrations.AddField("timelineline", "values", models.JSONField(default=dict)),
    ]
