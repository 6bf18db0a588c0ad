from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]
    operations = [
        migrations.AddField("opinion", "question_en", models.CharField(blank=True, default="", max_length=200), preserve_default=False)
    ]
