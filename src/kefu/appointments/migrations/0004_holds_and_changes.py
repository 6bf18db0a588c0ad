import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Bookings made before leave no time to travel: they stand as they were agreed."""

    dependencies = [
        ('appointments', '0003_cancellations_and_evenings'),
        ('customers', '0019_capture_index'),
        ('organisation', '0004_role_parts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='appointment',
            name='appointment_one_per_customer',
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='appointment_one_per_doctor',
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='appointment_one_per_room',
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='appointment_one_per_equipment',
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='appointment_seat_once',
        ),
        migrations.AddField(
            model_name='appointment',
            name='expires_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='appointment',
            name='holder',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='appointment',
            name='request_key',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='appointment',
            name='reach',
            field=django.contrib.postgres.fields.ranges.DateTimeRangeField(null=True),
        ),
        migrations.RunSQL("UPDATE appointments_appointment SET reach = during", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='appointment',
            name='reach',
            field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
        ),
        migrations.AddField(
            model_name='appointment',
            name='sequence',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='appointmentchange',
            name='doctor_before',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appointmentchange',
            name='node_before',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.node'),
        ),
        migrations.AddField(
            model_name='appointmentchange',
            name='on_us',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='appointmentchange',
            name='type_before',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.RunSQL(
            'ALTER TABLE appointments_appointment ALTER COLUMN customer_id DROP NOT NULL',
            'ALTER TABLE appointments_appointment ALTER COLUMN customer_id SET NOT NULL',
        ),
        migrations.AlterField(
            model_name='appointment',
            name='status',
            field=models.CharField(choices=[('held', '保留中'), ('booked', '已预约'), ('arrived', '已到'), ('completed', '已完成'), ('no_show', '未到'), ('cancelled', '已取消')], default='booked', max_length=10),
        ),
        migrations.AlterField(
            model_name='appointmentchange',
            name='status',
            field=models.CharField(choices=[('held', '保留中'), ('booked', '已预约'), ('arrived', '已到'), ('completed', '已完成'), ('no_show', '未到'), ('cancelled', '已取消')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(condition=models.Q(('status', 'held')), fields=['expires_at'], name='appointment_held'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ('held', 'booked', 'arrived', 'completed'))), expressions=[('doctor', '='), ('node', '<>'), ('reach', '&&')], name='appointment_time_to_travel'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('request_key', ''), _negated=True), fields=('booked_by', 'request_key'), name='appointment_once'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'held'), models.Q(('holder', ''), _negated=True)), fields=('holder',), name='appointment_one_hold'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('customer__isnull', False), ('status', 'held'), _connector='OR'), name='appointment_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('expires_at__isnull', False), ('status', 'held')), models.Q(models.Q(('status', 'held'), _negated=True), ('expires_at__isnull', True)), _connector='OR'), name='appointment_hold_expires'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ('held', 'booked', 'arrived', 'completed'))), expressions=[('doctor', '='), (django.db.models.functions.comparison.Coalesce('blocked', 'during', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&'), (django.db.models.functions.comparison.Coalesce('session', django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), output_field=models.BigIntegerField()), '<>')], name='appointment_one_per_doctor'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ('held', 'booked', 'arrived', 'completed')), ('room__isnull', False)), expressions=[('room', '='), (django.db.models.functions.comparison.Coalesce('blocked', 'during', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&'), (django.db.models.functions.comparison.Coalesce('session', django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), output_field=models.BigIntegerField()), '<>')], name='appointment_one_per_room'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ('held', 'booked', 'arrived', 'completed')), ('equipment__isnull', False)), expressions=[('equipment', '='), (django.db.models.functions.comparison.Coalesce('blocked', 'during', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&'), (django.db.models.functions.comparison.Coalesce('session', django.db.models.expressions.CombinedExpression(models.F('id'), '*', models.Value(-1)), output_field=models.BigIntegerField()), '<>')], name='appointment_one_per_equipment'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('status__in', ('held', 'booked', 'arrived', 'completed'))), expressions=[('customer', '='), ('during', '&&')], name='appointment_one_per_customer'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(models.F('doctor'), models.Func('during', function='lower'), models.F('seat'), condition=models.Q(('seat__gt', 0), ('status__in', ('held', 'booked', 'arrived', 'completed'))), name='appointment_seat_once'),
        ),
    ]
