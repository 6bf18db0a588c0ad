"""How somebody came into the archive, and where the original paper is (CUS-010). What was imported before is known from the imports."""

from django.db import migrations, models

IMPORTED = """
    UPDATE customers_customer SET capture = 'import' WHERE id IN (
        SELECT row.subject_id FROM exchange_importedrow row JOIN exchange_importrun run ON run.id = row.run_id
        WHERE run.spec = 'customers' AND row.did = 'created'
    )
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_moves"), ("exchange", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="customer",
            name="capture",
            field=models.CharField(
                blank=True,
                choices=[("counter", "柜台登记"), ("questionnaire", "问卷"), ("import", "表格导入"), ("api", "其他系统")],
                default="",
                editable=False,
                max_length=15,
                verbose_name="登记方式",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="customer",
            name="paper_mark",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="原件存放处"),
            preserve_default=False,
        ),
        migrations.RunSQL(IMPORTED, migrations.RunSQL.noop),
    ]
