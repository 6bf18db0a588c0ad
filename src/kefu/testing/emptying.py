"""An empty database after tests that committed. Django's flush knows no tables without managed models: the job queue would stay full."""

from django.core.management import call_command
from django.db import connection


def empty_database() -> None:
    """Empty every table, the job queue as well."""
    call_command("flush", interactive=False, verbosity=0)
    forget_jobs()


def forget_jobs() -> None:
    """Empty the job queue, which later tests would work off."""
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs, procrastinate_workers cascade")
