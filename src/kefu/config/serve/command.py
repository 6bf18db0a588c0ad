"""The command `kefu serve`."""

import argparse
import fcntl
import json
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kefu.config.commands.doctor import production_faults
from kefu.config.embedded import Cluster, leased
from kefu.config.errors import MissingPrerequisite
from kefu.config.home import kefu_home, make_home
from kefu.config.serve.addresses import Addresses, addresses
from kefu.config.serve.caller import stop_with_make
from kefu.config.serve.database import keep_running
from kefu.config.serve.health import healthy
from kefu.config.serve.leftovers import stop_leftovers
from kefu.config.serve.preparation import prepare_in_child
from kefu.config.serve.programs import programs
from kefu.config.serve.stopping import Stop
from kefu.config.serve.supervisor import StartFailure, Supervisor

logger = logging.getLogger(__name__)


def serve(args: argparse.Namespace) -> int:
    """Serves until SIGINT, SIGTERM or SIGHUP; 0 after an orderly stop, 1 when the installation does not start."""
    logging.basicConfig(level=logging.INFO, format="kefu serve: %(message)s", stream=sys.stderr)
    if faults := list(production_faults()):
        raise MissingPrerequisite("\n".join(["not served:", *faults]))
    home, where = kefu_home(), addresses()
    make_home(home)
    stop = Stop()
    stop_on_signals(stop)
    try:
        with ExitStack() as held:
            held.enter_context(_only_supervisor_of(home))
            if count := stop_leftovers(home):
                logger.warning("stopped %d processes that a killed supervisor had left", count)
            where.require_free()
            cluster = held.enter_context(_database())
            if prepare_in_child(home, stop):
                data = cluster.data.parent if cluster else home
                supervisor = Supervisor(programs(home, where), healthy=lambda: healthy(where))
                # The worker's listening connection does not come back by itself; without it a job waits for seconds.
                revive = keep_running(cluster, on_return=lambda: supervisor.restart("worker"))
                supervisor.chores = (revive, stop_with_make(stop))
                supervisor.run(stop, on_ready=lambda: _announce(where, home, data, as_json=args.json))
    except StartFailure as failure:
        logger.error("%s", failure)
        return 1
    return 0


@contextmanager
def _database() -> Iterator[Cluster | None]:
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    cluster = Cluster(kefu_home())
    with leased(cluster):
        cluster.ensure_database("kefu")
        os.environ["DATABASE_URL"] = cluster.dsn()
        yield cluster


@contextmanager
def _only_supervisor_of(home: Path) -> Iterator[None]:
    with (home / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MissingPrerequisite(f"Kefu is already being served from {home}.") from error
        yield


def stop_on_signals(stop: Stop) -> None:
    """Let the usual signals ask for the stop; SIGHUP unless it is ignored (nohup)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())


def _announce(where: Addresses, home: Path, data: Path, *, as_json: bool) -> None:
    facts = {"url": where.url, "mllp": str(where.mllp.local), "data": str(data), "logins": str(home / "logins.json")}
    line = json.dumps(facts, ensure_ascii=False) if as_json else "KEFU READY " + " ".join(map("=".join, facts.items()))
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
