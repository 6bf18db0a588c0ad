"""What goes back is never more than was paid, went through somebody else's hands, and is written once: the database sees to it."""

from django.db import migrations

_GUARDS = """
CREATE FUNCTION billing_refund_kept() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER billing_refund_kept BEFORE UPDATE OR DELETE ON billing_refund
    FOR EACH ROW EXECUTE FUNCTION billing_refund_kept();

CREATE FUNCTION billing_refund_fits() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER billing_refund_fits BEFORE INSERT OR UPDATE OR DELETE ON billing_refundline
    FOR EACH ROW EXECUTE FUNCTION billing_refund_fits();

CREATE FUNCTION billing_refund_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount <> (SELECT coalesce(sum(amount), 0) FROM billing_refundline WHERE refund_id = NEW.id) OR NEW.paid_at IS NOT NULL THEN
        RAISE EXCEPTION 'the parts of a refund are not its amount' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_refund_adds_up AFTER INSERT ON billing_refund DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION billing_refund_adds_up();

CREATE FUNCTION billing_payment_refunded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'voided' AND EXISTS (SELECT FROM billing_refund WHERE payment_id = NEW.id AND paid_at IS NOT NULL) THEN
        RAISE EXCEPTION 'money of the payment went back' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_payment_refunded BEFORE UPDATE OF state ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_payment_refunded();

CREATE OR REPLACE FUNCTION billing_paid(charge bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT sum(line.amount) FROM billing_paymentline line JOIN billing_payment payment ON payment.id = line.payment_id
                     WHERE line.charge_id = charge AND payment.state = 'taken'), 0)
         - coalesce((SELECT sum(line.amount) FROM billing_refundline line JOIN billing_refund refund ON refund.id = line.refund_id
                     WHERE line.charge_id = charge AND refund.paid_at IS NOT NULL), 0)
$$;
"""
_UNGUARD = """
CREATE OR REPLACE FUNCTION billing_paid(charge bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(line.amount), 0) FROM billing_paymentline line JOIN billing_payment payment ON payment.id = line.payment_id
    WHERE line.charge_id = charge AND payment.state = 'taken'
$$;
DROP TRIGGER billing_payment_refunded ON billing_payment;
DROP TRIGGER billing_refund_adds_up ON billing_refund;
DROP TRIGGER billing_refund_fits ON billing_refundline;
DROP TRIGGER billing_refund_kept ON billing_refund;
DROP FUNCTION billing_payment_refunded();
DROP FUNCTION billing_refund_adds_up();
DROP FUNCTION billing_refund_fits();
DROP FUNCTION billing_refund_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_refunds")]
    operations = [migrations.RunSQL(_GUARDS, _UNGUARD)]
