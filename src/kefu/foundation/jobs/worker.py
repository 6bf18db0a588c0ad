"""The worker process: runs jobs as they come, survives a lost database, lets the running job finish."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import suppress

from procrastinate.contrib.django import app

log = logging.getLogger("kefu.jobs")
PAUSE = 2.0  # seconds before a new attempt after the database was lost


def run() -> int:
    """Work until SIGTERM or SIGINT, then wait for the running jobs; KEFU_WORKERS run side by side. Answers 0."""
    asyncio.run(_work_until_stopped(int(os.environ.get("KEFU_WORKERS", "2"))))
    return 0


async def _work_until_stopped(concurrency: int) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    while not stopping.is_set():
        work = asyncio.create_task(_work(concurrency))
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        await _end(work)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), PAUSE)


async def _end(work: asyncio.Task[None]) -> None:
    """Let running jobs finish; cancelling a procrastinate worker means exactly that."""
    work.cancel()
    (outcome,) = await asyncio.gather(work, return_exceptions=True)
    if isinstance(outcome, Exception):
        log.error("worker lost its database, starting again", exc_info=outcome)


async def _work(concurrency: int) -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
        async with working.open_async():
            await working.run_worker_async(
                concurrency=concurrency, install_signal_handlers=False, listen_notify=True, fetch_job_polling_interval=5
            )
