"""Prepaid packages: a balance that is the sum of its entries and never below zero, entries written once, weeks that close; the database sees to it."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

_GUARDS = """
CREATE FUNCTION billing_prepaid_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := '{customer_id,balance,valid_until,charge_id}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free = to_jsonb(OLD) - free
       AND (OLD.charge_id IS NULL OR NEW.charge_id = OLD.charge_id)
       AND NEW.balance = (SELECT coalesce(sum(units), 0) FROM billing_prepaidentry WHERE prepaid_id = NEW.id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the balance of a package is the sum of its entries' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_prepaid_kept BEFORE UPDATE OR DELETE ON billing_prepaid
    FOR EACH ROW EXECUTE FUNCTION billing_prepaid_kept();

CREATE FUNCTION billing_prepaid_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.balance <> 0 THEN
        RAISE EXCEPTION 'a package begins empty' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_prepaid_new BEFORE INSERT ON billing_prepaid FOR EACH ROW EXECUTE FUNCTION billing_prepaid_new();

CREATE FUNCTION billing_prepaid_entry_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE other record;
BEGIN
    PERFORM FROM billing_prepaid WHERE id = NEW.prepaid_id FOR NO KEY UPDATE;
    IF NEW.counters_id IS NOT NULL THEN
        SELECT prepaid_id, units, kind INTO other FROM billing_prepaidentry WHERE id = NEW.counters_id;
        IF other.prepaid_id <> NEW.prepaid_id OR other.units <> -NEW.units
           OR (NEW.kind, other.kind) NOT IN (('countered', 'deducted'), ('returned', 'refunded')) THEN
            RAISE EXCEPTION 'a counter entry takes back the whole of one entry' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.mate_id IS NOT NULL THEN
        SELECT prepaid_id, units, kind INTO other FROM billing_prepaidentry WHERE id = NEW.mate_id;
        IF other.prepaid_id = NEW.prepaid_id OR other.units <> -NEW.units OR other.kind <> 'sent' THEN
            RAISE EXCEPTION 'what is received was sent' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF NEW.kind = 'bought' AND (NEW.units <> (SELECT units FROM billing_prepaid WHERE id = NEW.prepaid_id AND origin_id IS NULL)
       OR EXISTS (SELECT FROM billing_prepaidentry WHERE prepaid_id = NEW.prepaid_id)) THEN
        RAISE EXCEPTION 'units are bought once' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.kind = 'deducted' THEN
        PERFORM pg_advisory_xact_lock_shared(hashtext('billing.prepaid_week'), NEW.node_id::integer);
        IF EXISTS (SELECT FROM billing_prepaidweek WHERE node_id = NEW.node_id AND dropped_at IS NULL
                   AND monday <= NEW.on AND NEW.on < monday + 7)
           OR EXISTS (SELECT FROM billing_prepaidfreeze WHERE prepaid_id = NEW.prepaid_id
                      AND starts <= NEW.on AND NEW.on < ends_before)
           OR NEW.on > (SELECT valid_until FROM billing_prepaid WHERE id = NEW.prepaid_id) THEN
            RAISE EXCEPTION 'nothing is deducted on that day' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_prepaid_entry_fits BEFORE INSERT ON billing_prepaidentry
    FOR EACH ROW EXECUTE FUNCTION billing_prepaid_entry_fits();

CREATE FUNCTION billing_prepaid_entry_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE billing_prepaid SET balance = balance + NEW.units WHERE id = NEW.prepaid_id;
    RETURN NULL;
END $$;
CREATE TRIGGER billing_prepaid_entry_counts AFTER INSERT ON billing_prepaidentry
    FOR EACH ROW EXECUTE FUNCTION billing_prepaid_entry_counts();

CREATE FUNCTION billing_prepaid_sent_arrives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM billing_prepaidentry WHERE mate_id = NEW.id) THEN
        RAISE EXCEPTION 'what is sent is received' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_prepaid_sent_arrives AFTER INSERT ON billing_prepaidentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'sent') EXECUTE FUNCTION billing_prepaid_sent_arrives();

CREATE FUNCTION billing_prepaid_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[] := '{item,signature,reason}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - words = to_jsonb(OLD) - words THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'entries of packages are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_prepaid_entry_kept BEFORE UPDATE OR DELETE ON billing_prepaidentry
    FOR EACH ROW EXECUTE FUNCTION billing_prepaid_entry_kept();

CREATE FUNCTION billing_prepaid_freeze_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := '{ends_before,ended_by_id,ended_at,reason}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free = to_jsonb(OLD) - free
       AND (OLD.ended_at IS NULL OR to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'freezes are written once and ended once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_prepaid_freeze_kept BEFORE UPDATE OR DELETE ON billing_prepaidfreeze
    FOR EACH ROW EXECUTE FUNCTION billing_prepaid_freeze_kept();

CREATE FUNCTION billing_prepaid_week_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := '{confirmed_by_id,confirmed_at,dropped_by_id,dropped_at,dropped_why}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - free = to_jsonb(OLD) - free
       AND ((OLD.confirmed_at IS NULL AND OLD.dropped_at IS NULL) OR to_jsonb(NEW) = to_jsonb(OLD)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'sheets of a week are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_prepaid_week_kept BEFORE UPDATE OR DELETE ON billing_prepaidweek
    FOR EACH ROW EXECUTE FUNCTION billing_prepaid_week_kept();

CREATE FUNCTION billing_prepaid_week_line_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE words text[] := '{note,entry_id}';
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - words = to_jsonb(OLD) - words
       AND (OLD.entry_id IS NULL OR NEW.entry_id = OLD.entry_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'lines of a week are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_prepaid_week_line_kept BEFORE UPDATE OR DELETE ON billing_prepaidweekline
    FOR EACH ROW EXECUTE FUNCTION billing_prepaid_week_line_kept();
"""
_UNGUARD = """
DROP TRIGGER billing_prepaid_week_line_kept ON billing_prepaidweekline;
DROP TRIGGER billing_prepaid_week_kept ON billing_prepaidweek;
DROP TRIGGER billing_prepaid_freeze_kept ON billing_prepaidfreeze;
DROP TRIGGER billing_prepaid_entry_kept ON billing_prepaidentry;
DROP TRIGGER billing_prepaid_sent_arrives ON billing_prepaidentry;
DROP TRIGGER billing_prepaid_entry_counts ON billing_prepaidentry;
DROP TRIGGER billing_prepaid_entry_fits ON billing_prepaidentry;
DROP TRIGGER billing_prepaid_new ON billing_prepaid;
DROP TRIGGER billing_prepaid_kept ON billing_prepaid;
DROP FUNCTION billing_prepaid_week_line_kept();
DROP FUNCTION billing_prepaid_week_kept();
DROP FUNCTION billing_prepaid_freeze_kept();
DROP FUNCTION billing_prepaid_entry_kept();
DROP FUNCTION billing_prepaid_sent_arrives();
DROP FUNCTION billing_prepaid_entry_counts();
DROP FUNCTION billing_prepaid_entry_fits();
DROP FUNCTION billing_prepaid_new();
DROP FUNCTION billing_prepaid_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_reversals"),
        ("customers", "0022_birthday_index"),
        ("organisation", "0004_role_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Prepaid",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="课包号")),
                ("item", models.CharField(max_length=80, verbose_name="服务项目")),
                (
                    "unit",
                    models.CharField(
                        choices=[("lesson", "课时"), ("time", "次")],
                        default="lesson",
                        max_length=12,
                        verbose_name="单位",
                    ),
                ),
                ("units", models.PositiveIntegerField(verbose_name="总数")),
                ("balance", models.IntegerField(default=0, verbose_name="剩余")),
                ("valid_until", models.DateField(verbose_name="有效到")),
                ("key", models.CharField(max_length=64, null=True, unique=True)),
                ("asked", models.CharField(blank=True, default="", max_length=64)),
                ("at", models.DateTimeField(verbose_name="购买时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "charge",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prepaid",
                        to="billing.charge",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prepaid", to="customers.customer"
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.prepaid"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PrepaidEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("bought", "买课"),
                            ("deducted", "划课"),
                            ("countered", "更正"),
                            ("refunded", "退课"),
                            ("returned", "退课收回"),
                            ("sent", "转出"),
                            ("received", "转入"),
                            ("expired", "过期"),
                        ],
                        max_length=12,
                        verbose_name="种类",
                    ),
                ),
                ("units", models.IntegerField(verbose_name="数量")),
                ("on", models.DateField(verbose_name="日期")),
                ("item", models.CharField(blank=True, max_length=80, verbose_name="内容")),
                ("signature", models.CharField(blank=True, max_length=60, verbose_name="客户签字单")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("key", models.CharField(max_length=64, null=True, unique=True)),
                ("asked", models.CharField(blank=True, default="", max_length=64)),
                ("at", models.DateTimeField(verbose_name="记账时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "counters",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="countered_by",
                        to="billing.prepaidentry",
                    ),
                ),
                (
                    "mate",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="came_as",
                        to="billing.prepaidentry",
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.node"
                    ),
                ),
                (
                    "prepaid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="billing.prepaid"
                    ),
                ),
                (
                    "served_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="refund",
            name="entry",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="billing.prepaidentry",
            ),
        ),
        migrations.CreateModel(
            name="PrepaidFreeze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts", models.DateField(verbose_name="冻结从")),
                ("ends_before", models.DateField(verbose_name="冻结结束")),
                ("planned_before", models.DateField(verbose_name="原定结束")),
                ("reason", models.CharField(max_length=200, verbose_name="原因")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="解冻时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prepaid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="freezes", to="billing.prepaid"
                    ),
                ),
            ],
            options={
                "ordering": ["starts", "id"],
            },
        ),
        migrations.CreateModel(
            name="PrepaidLow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("left", models.PositiveIntegerField(verbose_name="剩余")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="补足时间")),
                ("handled_at", models.DateTimeField(null=True, verbose_name="处理时间")),
                ("outcome", models.CharField(blank=True, max_length=200, verbose_name="处理结果")),
                (
                    "handled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prepaid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lows", to="billing.prepaid"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PrepaidWeek",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="对课单号")),
                ("monday", models.DateField(verbose_name="周一")),
                ("two_people", models.BooleanField(verbose_name="要第二个人确认")),
                ("at", models.DateTimeField(verbose_name="对课时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("dropped_at", models.DateTimeField(null=True, verbose_name="作废时间")),
                ("dropped_why", models.CharField(blank=True, max_length=200, verbose_name="作废原因")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dropped_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prepaid_weeks",
                        to="organisation.node",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PrepaidWeekLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("booked", models.PositiveIntegerField(verbose_name="已划")),
                ("confirmed", models.PositiveIntegerField(verbose_name="核对数量")),
                (
                    "witness",
                    models.CharField(
                        choices=[("customer", "客户确认"), ("colleague", "服务人员确认")],
                        max_length=12,
                        verbose_name="谁确认的",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="差异说明")),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="week_line",
                        to="billing.prepaidentry",
                    ),
                ),
                (
                    "prepaid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="week_lines", to="billing.prepaid"
                    ),
                ),
                (
                    "week",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="billing.prepaidweek"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="prepaid",
            index=models.Index(fields=["customer", "item"], name="prepaid_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="prepaid",
            constraint=models.CheckConstraint(condition=models.Q(("balance__gte", 0)), name="prepaid_never_negative"),
        ),
        migrations.AddConstraint(
            model_name="prepaid",
            constraint=models.CheckConstraint(condition=models.Q(("units__gt", 0)), name="prepaid_units"),
        ),
        migrations.AddConstraint(
            model_name="prepaid",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__isnull", True), ("charge__isnull", True), _connector="OR"),
                name="prepaid_received_is_not_charged",
            ),
        ),
        migrations.AddIndex(
            model_name="prepaidentry",
            index=models.Index(
                condition=models.Q(("kind", "deducted")), fields=["node", "on"], name="prepaid_deducted_on"
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["bought", "received", "returned"]), ("units__gt", 0)),
                    models.Q(("kind__in", ["deducted", "sent", "refunded", "expired"]), ("units__lt", 0)),
                    models.Q(("kind", "countered"), models.Q(("units", 0), _negated=True)),
                    _connector="OR",
                ),
                name="prepaid_entry_sign",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "deducted"), _negated=True),
                    models.Q(("served_by__isnull", False), models.Q(("item", ""), _negated=True)),
                    _connector="OR",
                ),
                name="prepaid_deduction_says_who_and_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["countered", "refunded", "returned", "sent"]), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="prepaid_entry_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "received"), ("mate__isnull", False)),
                    models.Q(models.Q(("kind", "received"), _negated=True), ("mate__isnull", True)),
                    _connector="OR",
                ),
                name="prepaid_received_from_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("counters__isnull", True),
                        ("kind__in", ["bought", "deducted", "countered", "refunded", "sent", "received", "expired"]),
                    ),
                    models.Q(("counters__isnull", False), ("kind__in", ["countered", "returned"])),
                    _connector="OR",
                ),
                name="prepaid_counter_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidfreeze",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_before__gte", models.F("starts")),
                    ("ends_before__lte", models.F("planned_before")),
                    ("planned_before__gt", models.F("starts")),
                ),
                name="prepaid_freeze_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidfreeze",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True),
                        ("ended_by__isnull", True),
                        ("ends_before", models.F("planned_before")),
                    ),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="prepaid_freeze_ended_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidfreeze",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("prepaid", "="),
                    (models.Func(models.F("starts"), models.F("ends_before"), function="daterange"), "&&"),
                ],
                name="prepaid_frozen_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidlow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("prepaid",), name="prepaid_low_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidlow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("handled_at__isnull", True), ("handled_by__isnull", True), ("outcome", "")),
                    models.Q(
                        ("handled_at__isnull", False),
                        ("handled_by__isnull", False),
                        models.Q(("outcome", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="prepaid_low_handled_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidweek",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dropped_at__isnull", True)), fields=("node", "monday"), name="prepaid_week_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidweek",
            constraint=models.CheckConstraint(
                condition=models.Q(("monday__iso_week_day", 1)), name="prepaid_week_monday"
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidweek",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        ("two_people", True),
                        models.Q(("confirmed_by", models.F("by")), _negated=True),
                        ("dropped_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="prepaid_week_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidweek",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dropped_at__isnull", True), ("dropped_by__isnull", True), ("dropped_why", "")),
                    models.Q(
                        ("dropped_at__isnull", False),
                        ("dropped_by__isnull", False),
                        models.Q(("dropped_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="prepaid_week_dropped_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidweekline",
            constraint=models.UniqueConstraint(fields=("week", "prepaid"), name="prepaid_week_line_once"),
        ),
        migrations.AddConstraint(
            model_name="prepaidweekline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("booked", models.F("confirmed")), models.Q(("note", ""), _negated=True), _connector="OR"
                ),
                name="prepaid_week_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="prepaidweekline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("entry__isnull", True), models.Q(("booked", models.F("confirmed")), _negated=True), _connector="OR"
                ),
                name="prepaid_week_settles_differences",
            ),
        ),
        migrations.RunSQL(_GUARDS, _UNGUARD),
    ]
