"""Timeline lines are written once: only a merge may move them to another customer."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION customers_timeline_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'customer_id' = to_jsonb(OLD) - 'customer_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'timeline lines are append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER customers_timeline_keep BEFORE UPDATE OR DELETE ON customers_timelineline
    FOR EACH ROW EXECUTE FUNCTION customers_timeline_keep();
"""
BACKWARD = """
DROP TRIGGER customers_timeline_keep ON customers_timelineline;
DROP FUNCTION customers_timeline_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
