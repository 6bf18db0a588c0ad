"""Results, decisions, texts and hand-overs are append-only: the database refuses to change or delete one."""

from django.db import migrations

KEPT = ("resultversion", "reviewdecision", "overalltext", "paperreport", "handover", "interpretation")
_GUARD = "CREATE FUNCTION lab_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;"
_UNGUARD = "DROP FUNCTION lab_is_kept();"


def _trigger(name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER lab_{name}_is_kept BEFORE UPDATE OR DELETE ON lab_{name} FOR EACH ROW EXECUTE FUNCTION lab_is_kept();",
        f"DROP TRIGGER lab_{name}_is_kept ON lab_{name};",
    )


class Migration(migrations.Migration):
    dependencies = [("lab", "0002_reports")]
    operations = [migrations.RunSQL(_GUARD, _UNGUARD), *[_trigger(name) for name in KEPT]]
