"""An empty database after tests that committed: rows are deleted where there are any, the job queue's as well.

Django's flush truncates each of some four hundred tables and writes their permissions anew, which takes half a second;
most of such tests have filled thirty.
"""

from django.db import connection, transaction

KEPT = ("django_migrations", "django_content_type", "auth_permission")
DELETE = """
do $$
declare filled regclass;
begin
    for filled in
        select oid from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0 and relname <> all ({kept})
    loop
        execute format('delete from %s', filled);
    end loop;
end $$
"""


def empty_database() -> None:
    """Delete every row of every table. Triggers and foreign keys are passed over: the server of the tests is ours."""
    kept = "array[" + ", ".join(f"'{name}'" for name in KEPT) + "]"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(DELETE.format(kept=kept))
