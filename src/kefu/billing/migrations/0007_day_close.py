"""The day of a desk closes, refunds nobody fetches are dropped, prepaid packages have their ledger; the database sees to it, whoever writes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


_GUARDS = """
CREATE FUNCTION billing_day_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM billing_desk WHERE id = NEW.desk_id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM billing_dayclose WHERE desk_id = NEW.desk_id AND day = NEW.day AND reopened_at IS NULL) THEN
        RAISE EXCEPTION 'the day of the desk is closed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_day_open_taken BEFORE INSERT ON billing_payment FOR EACH ROW EXECUTE FUNCTION billing_day_open();
CREATE TRIGGER billing_day_open_voided BEFORE UPDATE OF state ON billing_payment
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION billing_day_open();
CREATE TRIGGER billing_day_open_refunded BEFORE UPDATE OF paid_at ON billing_refund
    FOR EACH ROW WHEN (OLD.paid_at IS NULL AND NEW.paid_at IS NOT NULL) EXECUTE FUNCTION billing_day_open();

CREATE FUNCTION billing_close_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.confirmed_at IS NULL OR NEW.confirmed_at = OLD.confirmed_at)
       AND (OLD.reopened_at IS NULL OR to_jsonb(NEW) = to_jsonb(OLD))
       AND to_jsonb(NEW) - '{confirmed_by_id,confirmed_at,reopened_by_id,reopened_at,reopened_why}'::text[]
         = to_jsonb(OLD) - '{confirmed_by_id,confirmed_at,reopened_by_id,reopened_at,reopened_why}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'day closes are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_close_kept BEFORE UPDATE OR DELETE ON billing_dayclose FOR EACH ROW EXECUTE FUNCTION billing_close_kept();
CREATE TRIGGER billing_close_line_kept BEFORE UPDATE OR DELETE ON billing_closeline FOR EACH ROW EXECUTE FUNCTION billing_line_kept();
CREATE TRIGGER billing_close_cash_kept BEFORE UPDATE OR DELETE ON billing_closecash FOR EACH ROW EXECUTE FUNCTION billing_line_kept();

CREATE OR REPLACE FUNCTION billing_refund_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid record;
        free text[] := '{reason,number,desk_id,day,method,reference,paid_by_id,paid_at,dropped_by_id,dropped_at,dropped_why}';
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free <> to_jsonb(OLD) - free
       OR ((OLD.paid_at IS NOT NULL OR OLD.dropped_at IS NOT NULL)
           AND to_jsonb(NEW) - '{reason,dropped_why}'::text[] <> to_jsonb(OLD) - '{reason,dropped_why}'::text[]) THEN
        RAISE EXCEPTION 'refunds are written once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.paid_at IS NULL AND NEW.paid_at IS NOT NULL THEN
        SELECT state, method INTO paid FROM billing_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
        IF paid.state <> 'taken' OR NEW.method NOT IN ('cash', paid.method)
           OR NOT EXISTS (SELECT FROM approvals_approvalrequest WHERE id = NEW.request_id AND state = 'approved') THEN
            RAISE EXCEPTION 'the refund may not be paid out' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION billing_refund_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE source bigint; standing numeric; settled numeric;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'parts of refunds are written once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT payment_id INTO source FROM billing_refund WHERE id = NEW.refund_id;
    PERFORM FROM billing_payment WHERE id = source FOR NO KEY UPDATE;
    SELECT coalesce(sum(line.amount), 0) INTO standing FROM billing_refundline line JOIN billing_refund refund ON refund.id = line.refund_id
      JOIN approvals_approvalrequest request ON request.id = refund.request_id
      WHERE refund.payment_id = source AND line.charge_id = NEW.charge_id AND request.state IN ('open', 'approved')
        AND refund.dropped_at IS NULL;
    SELECT coalesce(sum(line.amount), 0) INTO settled FROM billing_paymentline line JOIN billing_payment payment ON payment.id = line.payment_id
      WHERE payment.id = source AND payment.state = 'taken' AND line.charge_id = NEW.charge_id;
    IF standing + NEW.amount > settled THEN
        RAISE EXCEPTION 'more than was paid' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
_UNGUARD = """
DROP TRIGGER billing_day_open_taken ON billing_payment;
DROP TRIGGER billing_day_open_voided ON billing_payment;
DROP TRIGGER billing_day_open_refunded ON billing_refund;
DROP TRIGGER billing_close_kept ON billing_dayclose;
DROP TRIGGER billing_close_line_kept ON billing_closeline;
DROP TRIGGER billing_close_cash_kept ON billing_closecash;
DROP FUNCTION billing_close_kept();
DROP FUNCTION billing_day_open();
CREATE OR REPLACE FUNCTION billing_refund_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid record;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - '{reason,number,desk_id,day,method,reference,paid_by_id,paid_at}'::text[]
         <> to_jsonb(OLD) - '{reason,number,desk_id,day,method,reference,paid_by_id,paid_at}'::text[]
       OR (OLD.paid_at IS NOT NULL AND to_jsonb(NEW) - 'reason' <> to_jsonb(OLD) - 'reason') THEN
        RAISE EXCEPTION 'refunds are written once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.paid_at IS NULL AND NEW.paid_at IS NOT NULL THEN
        SELECT state, method INTO paid FROM billing_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
        IF paid.state <> 'taken' OR NEW.method NOT IN ('cash', paid.method)
           OR NOT EXISTS (SELECT FROM approvals_approvalrequest WHERE id = NEW.request_id AND state = 'approved') THEN
            RAISE EXCEPTION 'the refund may not be paid out' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION billing_refund_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE source bigint; standing numeric; settled numeric;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'parts of refunds are written once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT payment_id INTO source FROM billing_refund WHERE id = NEW.refund_id;
    PERFORM FROM billing_payment WHERE id = source FOR NO KEY UPDATE;
    SELECT coalesce(sum(line.amount), 0) INTO standing FROM billing_refundline line JOIN billing_refund refund ON refund.id = line.refund_id
      JOIN approvals_approvalrequest request ON request.id = refund.request_id
      WHERE refund.payment_id = source AND line.charge_id = NEW.charge_id AND request.state IN ('open', 'approved');
    SELECT coalesce(sum(line.amount), 0) INTO settled FROM billing_paymentline line JOIN billing_payment payment ON payment.id = line.payment_id
      WHERE payment.id = source AND payment.state = 'taken' AND line.charge_id = NEW.charge_id;
    IF standing + NEW.amount > settled THEN
        RAISE EXCEPTION 'more than was paid' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
        ("billing", "0006_refunds_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CloseCash",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="面额")),
                ("pieces", models.PositiveIntegerField(verbose_name="张数")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pieces__gt", 0), ("value__gt", 0)), name="close_cash_counted"
                    )
                ],
                "ordering": ["-value"],
            },
        ),
        migrations.CreateModel(
            name="CloseLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "method",
                    models.CharField(
                        choices=[("cash", "现金"), ("card", "银行卡"), ("wechat", "微信支付"), ("alipay", "支付宝")],
                        max_length=12,
                        verbose_name="收款方式",
                    ),
                ),
                ("expected", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="账面")),
                ("counted", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="实点")),
                ("booked", models.PositiveIntegerField(verbose_name="账面笔数")),
                ("slips", models.PositiveIntegerField(null=True, verbose_name="凭证张数")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("counted__gte", 0), ("method", "cash"), ("slips__isnull", True)),
                            models.Q(models.Q(("method", "cash"), _negated=True), ("slips__isnull", False)),
                            _connector="OR",
                        ),
                        name="close_line_counted",
                    )
                ],
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="DayClose",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="日结单号")),
                ("day", models.DateField(verbose_name="营业日")),
                ("opening", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="开台备用金")),
                ("left", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="留下的备用金")),
                ("carried", models.PositiveSmallIntegerField(default=0, verbose_name="转到下一天的退款")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="差额原因")),
                ("two_people", models.BooleanField(verbose_name="要第二个人确认")),
                ("at", models.DateTimeField(verbose_name="日结时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="接班时间")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="重开时间")),
                ("reopened_why", models.CharField(blank=True, max_length=200, verbose_name="重开原因")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("left__gte", 0), ("opening__gte", 0)), name="close_float"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="asked",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="refund",
            name="dropped_at",
            field=models.DateTimeField(null=True, verbose_name="放弃时间"),
        ),
        migrations.AddField(
            model_name="refund",
            name="dropped_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="dropped_why",
            field=models.CharField(blank=True, max_length=200, verbose_name="放弃原因"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at__isnull", True), ("dropped_by__isnull", True), ("dropped_why", "")),
                    models.Q(
                        ("dropped_at__isnull", False),
                        ("dropped_by__isnull", False),
                        ("paid_at__isnull", True),
                        models.Q(("dropped_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="refund_dropped_says_why",
            ),
        ),
        migrations.AddField(
            model_name="dayclose",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="dayclose",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="dayclose",
            name="desk",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="closes", to="billing.desk"
            ),
        ),
        migrations.AddField(
            model_name="dayclose",
            name="reopened_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="closeline",
            name="close",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="billing.dayclose"
            ),
        ),
        migrations.AddField(
            model_name="closecash",
            name="close",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="cash", to="billing.dayclose"
            ),
        ),
        migrations.AddIndex(
            model_name="dayclose",
            index=models.Index(fields=["desk", "-day", "-id"], name="close_of_desk"),
        ),
        migrations.AddConstraint(
            model_name="dayclose",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reopened_at__isnull", True)), fields=("desk", "day"), name="day_closed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dayclose",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="close_confirmed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="dayclose",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reopened_at__isnull", True), ("reopened_by__isnull", True), ("reopened_why", "")),
                    models.Q(
                        ("reopened_at__isnull", False),
                        ("reopened_by__isnull", False),
                        models.Q(("reopened_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="close_reopened_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="closeline",
            constraint=models.UniqueConstraint(fields=("close", "method"), name="close_line_once"),
        ),
        migrations.AddConstraint(
            model_name="closecash",
            constraint=models.UniqueConstraint(fields=("close", "value"), name="close_cash_once"),
        ),
        migrations.RunSQL(_GUARDS, _UNGUARD),
    ]
