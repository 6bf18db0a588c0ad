"""Moves are append-only: the database refuses to change or delete one."""

from django.db import migrations

_GUARD = """
CREATE FUNCTION stock_move_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock moves are append-only';
END $$;
CREATE TRIGGER stock_move_is_kept BEFORE UPDATE OR DELETE ON stock_move
    FOR EACH ROW EXECUTE FUNCTION stock_move_is_kept();
"""
_UNGUARD = "DROP TRIGGER stock_move_is_kept ON stock_move; DROP FUNCTION stock_move_is_kept();"


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [migrations.RunSQL(_GUARD, _UNGUARD)]
