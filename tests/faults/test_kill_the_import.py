"""kill -9 of the worker in the middle of a long import, and in the middle of taking it back: it goes on, no row twice, none missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.faults.test_kill_nine import let_half_a_minute_pass

from kefu.customers.exchange import CUSTOMERS
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.actions import open_run
from kefu.foundation.exchange.choices import Mode, State
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.undoing import begin_undo
from kefu.foundation.exchange.views.finding import begin
from kefu.foundation.jobs.defer import defer
from kefu.foundation.jobs.upkeep import retry_stalled
from kefu.testing.cast import Cast
from kefu.testing.programs import Program, running

pytestmark = pytest.mark.django_db(transaction=True)  # the worker sees only what is committed
ROWS = 560
PATIENCE = 120.0


@pytest.fixture
def worker(house: Cast, tmp_path: Path, settings: Any) -> Iterator[Program]:
    settings.FILES_ROOT = tmp_path / "files"  # where the worker looks for them
    with running(Program("worker", ["kefu.config", "worker"], tmp_path, 0, lambda: True)) as program:
        yield program


def people() -> bytes:
    lines = [f"白示{number % 90 + 10},1000000{number + 2000:04},BJ" for number in range(ROWS)]
    return "\n".join(["姓名,电话,分中心编码", *lines]).encode("gb18030")


def wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < end, list(ImportRun.objects.values("state", "done", "refusal", "created", "undone"))
        time.sleep(0.05)


def kill_start_and_wait(worker: Program, run: ImportRun, state: State) -> None:
    worker.kill()
    let_half_a_minute_pass()
    worker.start()
    retry_stalled(at=datetime.now(UTC))  # as upkeep does every minute
    wait_until(lambda: ImportRun.objects.get(pk=run.pk).state == state)
    run.refresh_from_db()


def test_a_killed_import_and_a_killed_undo_end_as_if_nothing_had_happened(house: Cast, worker: Program) -> None:
    run = open_run(spec=CUSTOMERS, content=people(), name="旧名单.csv", update=False, by=house.manager, at=house.at)
    ImportRun.objects.filter(pk=run.pk).update(state=State.CHECKED)
    begin(run, State.WRITING, Mode.GOOD, lambda: None)
    wait_until(lambda: ImportRun.objects.get(pk=run.pk).done >= 500)
    kill_start_and_wait(worker, run, State.DONE)
    assert (run.state, run.total, run.created, run.bad, run.rows.count()) == ("done", ROWS, ROWS, 0, ROWS)
    imported = Customer.objects.filter(contacts__value__contains="10000002")
    assert (imported.count(), imported.distinct().count()) == (ROWS, ROWS)
    assert AuditEntry.objects.filter(code="exchange.imported").count() == 1
    begin_undo(run=run, reason="导错了文件", by=house.manager, at=house.at)
    defer("exchange.undo_import", lock=f"import-{run.pk}", run_id=run.pk, by_id=house.manager.pk)
    wait_until(lambda: ImportRun.objects.get(pk=run.pk).undone >= 500)
    kill_start_and_wait(worker, run, State.UNDONE)
    assert (run.state, run.undone, run.rows.exclude(left="").count()) == ("undone", ROWS, 0)
    assert set(imported.values_list("stage", flat=True)) == {"closed"}
    assert AuditEntry.objects.filter(code="customers.customer.stage_changed", reason="导错了文件").count() == ROWS
