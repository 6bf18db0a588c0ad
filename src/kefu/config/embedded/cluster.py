"""One PostgreSQL data directory and its server: make, start, stop, ask."""

import fcntl
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from kefu.config.embedded import binaries, placement
from kefu.config.embedded.errors import EmbeddedError
from kefu.config.embedded.identity import server_account
from kefu.config.embedded.residue import clear_dead_locks, processes_in

START_SECONDS = 60
STOP_SECONDS = 3
ATTEMPTS = 3  # with nothing alive in the data directory; more would fail the same way

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """The server of one home directory. `fast` gives up safety against power loss: for tests only."""

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.fast = fast
        self.data = placement.place_data(home)
        self.account = server_account(self.data)
        self.socket = placement.place_socket(self.data)
        self.bin = binaries.usable_by(binaries.find(), self.account)

    def dsn(self, database: str = "kefu") -> str:
        """What DATABASE_URL would say."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.socket), safe='/')}"

    def start(self) -> bool:
        """Makes the data directory if needed and starts the server; False when it was running already."""
        with self.locked():
            if self.answers():
                return False
            placement.own_directory(self.data, self.account)
            placement.own_directory(self.socket, self.account)
            self._require_matching_version()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._start_until_it_answers()
            return True

    def stop(self) -> None:
        """Stops the server within a few seconds; open connections are cut. Does nothing when it is not running."""
        for mode in ("fast", "immediate"):
            if not (self.data / "postmaster.pid").exists():
                break
            self._run("pg_ctl", "-D", self.data, "-w", "-s", "-t", STOP_SECONDS, "-m", mode, "stop")
        shutil.rmtree(self.socket, ignore_errors=True)

    def answers(self) -> bool:
        """Whether the server accepts work. Asks the server itself: `pg_ctl status` believes in zombies."""
        try:
            psycopg.connect(self.dsn("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            return "too many clients" in str(error)
        return True

    def ensure_database(self, name: str) -> None:
        """Creates the database if it is missing."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time decides about starting and stopping."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        with (self.data.parent / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _require_matching_version(self) -> None:
        stored = self.data / "PG_VERSION"
        if not stored.exists():
            return
        found, ours = stored.read_text().strip(), str(binaries.major(self.bin))
        if found == ours:
            return
        if self.fast:
            _empty(self.data)
            return
        raise EmbeddedError(
            f"The data in {self.data} belongs to PostgreSQL {found}, but the server in {self.bin} is version {ours}. "
            f"Name the bin directory of a PostgreSQL {found} in EMBEDPG_BIN, or restore a backup into a new KEFU_HOME."
        )

    def _initialise(self) -> None:
        _empty(self.data)  # a half-made cluster
        # Not --locale=C: pg_trgm asks LC_CTYPE what a letter is and would see none in Chinese text.
        locale = ("--locale=C.UTF-8", "--locale-provider=libc")
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions", *(["-N"] if self.fast else []))
        made = self._run("initdb", "-D", self.data, *options, *locale)
        if made.returncode:
            raise EmbeddedError(f"initdb failed in {self.data}:\n{made.stdout}\n{made.stderr}")

    def _start_until_it_answers(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        attempts = 0
        while not self.answers():
            clear_dead_locks(self.data, self.socket)
            started = self._pg_ctl_start()
            attempts += 0 if processes_in(self.data) else 1
            if started.returncode and (attempts >= ATTEMPTS or time.monotonic() > give_up):
                raise EmbeddedError(f"PostgreSQL did not start; the end of its log:\n{self._log_tail()}")
            if started.returncode:
                time.sleep(0.3)

    def _pg_ctl_start(self) -> subprocess.CompletedProcess[str]:
        settings = SETTINGS | (FAST_SETTINGS if self.fast else {}) | {"unix_socket_directories": str(self.socket)}
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        log = self.data / "server.log"
        return self._run("pg_ctl", "-D", self.data, "-w", "-t", START_SECONDS, "-s", "-l", log, "-o", options, "start")

    def _log_tail(self) -> str:
        log = self.data / "server.log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else "(empty)"

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        command = [str(self.bin / program), *map(str, arguments)]
        # The server started by pg_ctl would keep a pipe open for ever.
        output = subprocess.DEVNULL if arguments[-1] == "start" else subprocess.PIPE
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
            env=environment,
            start_new_session=True,  # Ctrl-C is for our caller, which then stops the server in order
            **(self.account.popen_options if self.account else {}),
        )


def _empty(directory: Path) -> None:
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
