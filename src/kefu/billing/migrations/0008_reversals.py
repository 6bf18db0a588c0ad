"""A charge can be taken back in part by a charge below zero, never beyond what it came to; what is paid stays within what is left."""

import django.db.models.deletion
from django.db import migrations, models

_GUARDS = """
CREATE FUNCTION billing_net(charge bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT amount + coalesce((SELECT sum(back.amount) FROM billing_charge back WHERE back.reverses_id = charge AND back.state = 'due'), 0)
    FROM billing_charge WHERE id = charge
$$;

CREATE OR REPLACE FUNCTION billing_line_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owing record;
BEGIN
    SELECT state, customer_id INTO owing FROM billing_charge WHERE id = NEW.charge_id FOR NO KEY UPDATE;
    IF owing.state <> 'due' OR billing_paid(NEW.charge_id) + NEW.amount > billing_net(NEW.charge_id)
       OR owing.customer_id <> (SELECT customer_id FROM billing_payment WHERE id = NEW.payment_id) THEN
        RAISE EXCEPTION 'more than the charge owes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION billing_reversal_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE signed record;
BEGIN
    SELECT state, customer_id, reverses_id INTO signed FROM billing_charge WHERE id = NEW.reverses_id FOR NO KEY UPDATE;
    IF signed.state <> 'due' OR signed.reverses_id IS NOT NULL OR signed.customer_id <> NEW.customer_id
       OR billing_net(NEW.reverses_id) + NEW.amount < 0 THEN
        RAISE EXCEPTION 'more than is left of the charge' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_reversal_fits BEFORE INSERT ON billing_charge
    FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION billing_reversal_fits();
"""
_UNGUARD = """
DROP TRIGGER billing_reversal_fits ON billing_charge;
DROP FUNCTION billing_reversal_fits();
CREATE OR REPLACE FUNCTION billing_line_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owing record;
BEGIN
    SELECT amount, state, customer_id INTO owing FROM billing_charge WHERE id = NEW.charge_id FOR NO KEY UPDATE;
    IF owing.state <> 'due' OR billing_paid(NEW.charge_id) + NEW.amount > owing.amount
       OR owing.customer_id <> (SELECT customer_id FROM billing_payment WHERE id = NEW.payment_id) THEN
        RAISE EXCEPTION 'more than the charge owes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION billing_net(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_day_close")]
    operations = [
        migrations.AddField(
            model_name="charge",
            name="reverses",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reversals", to="billing.charge"
            ),
        ),
        migrations.RemoveConstraint(model_name="charge", name="charge_amount"),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gte", 0), ("reverses__isnull", True)),
                    models.Q(("amount__lt", 0), ("reverses__isnull", False)),
                    _connector="OR",
                ),
                name="charge_amount",
            ),
        ),
        migrations.RunSQL(_GUARDS, _UNGUARD),
    ]
