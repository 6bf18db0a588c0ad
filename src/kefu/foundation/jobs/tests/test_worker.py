"""The worker as a process: it runs what was committed, and on SIGTERM finishes the job at hand."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from kefu.foundation.jobs.connector import manager

LOCK = 20261123
PROGRAM = f"""
import django; django.setup()
from django.db import connection
from kefu.foundation.jobs.registry import job
from kefu.foundation.jobs.worker import run

@job("test.slow")
def slow() -> None:
    print("started", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock({LOCK}), pg_advisory_unlock({LOCK})")

raise SystemExit(run())
"""


@pytest.fixture
def worker(transactional_db):
    database = connection.settings_dict
    address = {key: database[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if database[key]}
    url = " ".join(f"{key.lower()}='{value}'" for key, value in address.items()) + f" dbname='{database['NAME']}'"
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "kefu.config.settings",
        "PYTHONPATH": str(Path(__file__).parents[4]),
    }
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def enqueue(name: str) -> int:
    from procrastinate.tasks import configure_task

    return configure_task(name=name, job_manager=manager).defer()


def test_sigterm_waits_for_the_running_job(worker):
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [LOCK])
        job_id = enqueue("test.slow")
        assert worker.stdout.readline() == "started\n"
        assert ProcrastinateWorker.objects.count() == 1

        worker.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(timeout=1)
        cursor.execute("select pg_advisory_unlock(%s)", [LOCK])

    assert worker.wait(timeout=10) == 0
    assert ProcrastinateJob.objects.get(pk=job_id).status == "succeeded"
    assert ProcrastinateWorker.objects.count() == 0
