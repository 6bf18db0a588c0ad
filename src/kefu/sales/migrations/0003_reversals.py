"""What left and came back of each line, reversal and settlement slips. Of the purchases there are all packs left, or came back, together."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0008_reversals'),
        ('customers', '0022_birthday_index'),
        ('organisation', '0004_role_parts'),
        ('products', '0002_places_and_reservations'),
        ('sales', '0002_preferences'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reversal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='冲红单号')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='冲红金额')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ReversalLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('withdrawn', models.PositiveIntegerField(default=0, verbose_name='未发')),
                ('intact', models.PositiveIntegerField(default=0, verbose_name='完好退回')),
                ('damaged', models.PositiveIntegerField(default=0, verbose_name='破损或已开封')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='结算单号')),
                ('total', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='签字金额')),
                ('reversed', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='已冲红')),
                ('paid', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='已付')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Shortage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('packs', models.PositiveIntegerField(verbose_name='欠发数量')),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='purchase',
            name='purchase_signed_says_when',
        ),
        migrations.AddField(
            model_name='purchaseline',
            name='returned',
            field=models.PositiveIntegerField(default=0, verbose_name='已发已退'),
        ),
        migrations.AddField(
            model_name='purchaseline',
            name='shipped',
            field=models.PositiveIntegerField(default=0, verbose_name='已发'),
        ),
        migrations.AddField(
            model_name='purchaseline',
            name='withdrawn',
            field=models.PositiveIntegerField(default=0, verbose_name='未发已退'),
        ),
        migrations.AddField(
            model_name='shipment',
            name='collected_by',
            field=models.CharField(blank=True, max_length=60, verbose_name='领取人'),
        ),
        migrations.AddField(
            model_name='shipment',
            name='packed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='装箱人'),
        ),
        migrations.AlterField(
            model_name='purchase',
            name='state',
            field=models.CharField(choices=[('prescribed', '已开建议'), ('entered', '已录数量'), ('signed', '已签字'), ('partly', '部分发货'), ('dispatched', '产品已发货'), ('returned', '已退回'), ('cancelled', '已取消')], default='prescribed', max_length=12),
        ),
        migrations.AlterField(
            model_name='shipment',
            name='carrier',
            field=models.CharField(blank=True, max_length=60, verbose_name='承运方'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['signed', 'partly', 'dispatched', 'returned']), _negated=True), ('signed_at__isnull', False), _connector='OR'), name='purchase_signed_says_when'),
        ),
        migrations.RunSQL(
            """
            UPDATE sales_purchaseline line SET shipped = line.quantity,
                returned = CASE purchase.state WHEN 'returned' THEN line.quantity ELSE 0 END
            FROM sales_purchase purchase WHERE purchase.id = line.purchase_id AND purchase.state IN ('dispatched', 'returned');
            UPDATE sales_purchaseline line SET withdrawn = line.quantity
            FROM sales_purchase purchase WHERE purchase.id = line.purchase_id AND purchase.state = 'cancelled' AND purchase.signed_at IS NOT NULL;
            UPDATE sales_shipment SET packed_by_id = by_id;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='purchaseline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', django.db.models.expressions.CombinedExpression(models.F('shipped'), '+', models.F('withdrawn')))), name='purchase_line_shipped'),
        ),
        migrations.AddConstraint(
            model_name='purchaseline',
            constraint=models.CheckConstraint(condition=models.Q(('returned__lte', models.F('shipped'))), name='purchase_line_returned'),
        ),
        migrations.AddField(
            model_name='reversal',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reversal',
            name='charge',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.charge'),
        ),
        migrations.AddField(
            model_name='reversal',
            name='instead',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='sales.purchase'),
        ),
        migrations.AddField(
            model_name='reversal',
            name='purchase',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='sales.purchase'),
        ),
        migrations.AddField(
            model_name='reversalline',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reversed', to='sales.purchaseline'),
        ),
        migrations.AddField(
            model_name='reversalline',
            name='reversal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='sales.reversal'),
        ),
        migrations.AddField(
            model_name='settlement',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='settlement',
            name='purchase',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='settlements', to='sales.purchase'),
        ),
        migrations.AddField(
            model_name='shortage',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shortages', to='sales.purchaseline'),
        ),
        migrations.AddField(
            model_name='shortage',
            name='settlement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shortages', to='sales.settlement'),
        ),
        migrations.AddIndex(
            model_name='reversal',
            index=models.Index(fields=['-id'], name='reversal_latest'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='reversal_amount'),
        ),
        migrations.AddConstraint(
            model_name='reversalline',
            constraint=models.UniqueConstraint(fields=('reversal', 'line'), name='reversal_line_once'),
        ),
        migrations.AddConstraint(
            model_name='reversalline',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn__gt', 0), ('intact__gt', 0), ('damaged__gt', 0), _connector='OR'), name='reversal_line_packs'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('paid__gte', 0), ('reversed__gte', 0)), name='settlement_amounts'),
        ),
        migrations.AddConstraint(
            model_name='shortage',
            constraint=models.UniqueConstraint(fields=('settlement', 'line'), name='shortage_once'),
        ),
        migrations.AddConstraint(
            model_name='shortage',
            constraint=models.CheckConstraint(condition=models.Q(('packs__gt', 0)), name='shortage_packs'),
        ),
    ]
