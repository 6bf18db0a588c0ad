"""An erasure, which says so in its transaction, takes results, texts and hand-overs away; nobody else does."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION lab_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('kefu.erasing', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION lab_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("lab", "0005_collector")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
