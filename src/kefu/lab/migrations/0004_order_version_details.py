from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("lab", "0003_kept_as_sent")]
    operations = [migrations.RenameField("orderversion", "lines", "details")]
