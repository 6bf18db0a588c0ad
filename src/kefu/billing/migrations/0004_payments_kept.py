"""Money is written once, adds up, and never exceeds what is owed: the database sees to it, whoever writes."""

from django.db import migrations

_GUARDS = """
CREATE FUNCTION billing_payment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NOT (OLD.state = 'voided' AND NEW.state = 'taken')
       AND to_jsonb(NEW) - '{customer_id,state,voided_by_id,voided_at,reason}'::text[]
         = to_jsonb(OLD) - '{customer_id,state,voided_by_id,voided_at,reason}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'payments are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_payment_kept BEFORE UPDATE OR DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_payment_kept();

CREATE FUNCTION billing_line_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'parts of payments are written once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_line_kept BEFORE UPDATE OR DELETE ON billing_paymentline
    FOR EACH ROW EXECUTE FUNCTION billing_line_kept();

CREATE FUNCTION billing_paid(charge bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(line.amount), 0) FROM billing_paymentline line JOIN billing_payment payment ON payment.id = line.payment_id
    WHERE line.charge_id = charge AND payment.state = 'taken'
$$;

CREATE FUNCTION billing_line_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owing record;
BEGIN
    SELECT amount, state, customer_id INTO owing FROM billing_charge WHERE id = NEW.charge_id FOR NO KEY UPDATE;
    IF owing.state <> 'due' OR billing_paid(NEW.charge_id) + NEW.amount > owing.amount
       OR owing.customer_id <> (SELECT customer_id FROM billing_payment WHERE id = NEW.payment_id) THEN
        RAISE EXCEPTION 'more than the charge owes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_line_fits BEFORE INSERT ON billing_paymentline
    FOR EACH ROW EXECUTE FUNCTION billing_line_fits();

CREATE FUNCTION billing_charge_unpaid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF billing_paid(NEW.id) > (CASE NEW.state WHEN 'due' THEN NEW.amount ELSE 0 END) THEN
        RAISE EXCEPTION 'the charge is paid' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_charge_unpaid BEFORE UPDATE OF state, amount ON billing_charge
    FOR EACH ROW EXECUTE FUNCTION billing_charge_unpaid();

CREATE FUNCTION billing_payment_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount <> (SELECT coalesce(sum(amount), 0) FROM billing_paymentline WHERE payment_id = NEW.id) THEN
        RAISE EXCEPTION 'the parts of a payment are not its amount' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_payment_adds_up AFTER INSERT ON billing_payment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION billing_payment_adds_up();
"""
_UNGUARD = """
DROP TRIGGER billing_payment_adds_up ON billing_payment;
DROP TRIGGER billing_charge_unpaid ON billing_charge;
DROP TRIGGER billing_line_fits ON billing_paymentline;
DROP TRIGGER billing_line_kept ON billing_paymentline;
DROP TRIGGER billing_payment_kept ON billing_payment;
DROP FUNCTION billing_payment_adds_up();
DROP FUNCTION billing_charge_unpaid();
DROP FUNCTION billing_line_fits();
DROP FUNCTION billing_paid(bigint);
DROP FUNCTION billing_line_kept();
DROP FUNCTION billing_payment_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_payments")]
    operations = [migrations.RunSQL(_GUARDS, _UNGUARD)]
