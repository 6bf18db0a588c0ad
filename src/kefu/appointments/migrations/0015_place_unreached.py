"""A time offered to a customer whom nobody reached is told from one that was not answered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0014_waitlist")]

    operations = [
        migrations.AlterField(
            model_name="offeredplace",
            name="answer",
            field=models.CharField(
                choices=[
                    ("open", "等答复"),
                    ("taken", "要了"),
                    ("declined", "不要"),
                    ("lapsed", "没答复"),
                    ("unreached", "没通知到"),
                    ("void", "不用了"),
                ],
                default="open",
                max_length=10,
            ),
        ),
    ]
