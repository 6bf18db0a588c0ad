"""`kefu doctor`: what is wrong with this installation, and the way out of each."""

import argparse
import ctypes
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psycopg

from kefu.config.embedded import Cluster, EmbeddedError, binaries
from kefu.config.home import kefu_home
from kefu.config.serve.addresses import addresses

ROOT = Path(__file__).resolve().parents[4]
OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRESQL = 150000
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
SHORTEST_SECRET = 32


def doctor(args: argparse.Namespace) -> int:
    """Say what is wrong with this installation; 3 when something is."""
    faults = [(name, fault) for name, check in CHECKS.items() for fault in check()]
    if args.json:
        sys.stdout.write(json.dumps({"faults": [{"check": name, "message": text} for name, text in faults]}) + "\n")
    else:
        lines = [f"{name}: {text}" for name, text in faults] or ["Nothing is wrong."]
        sys.stdout.write("\n".join(lines) + "\n")
    return 3 if faults else 0


def production_faults(environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Settings with which an installation must not be served to real customers."""
    if environment.get("KEFU_ENV") != "production":
        return
    if environment.get("KEFU_TEST_CLOCK") == "1":
        yield "KEFU_TEST_CLOCK=1 lets callers choose the time; unset it."
    if environment.get("KEFU_DEBUG") == "1":
        yield "KEFU_DEBUG=1 shows internals to visitors; unset it."
    if 0 < len(environment.get("KEFU_SECRET", "")) < SHORTEST_SECRET:
        yield f"KEFU_SECRET is shorter than {SHORTEST_SECRET} characters; use a random one, or unset it to have one made."
    if (kefu_home() / "logins.json").exists():
        yield f"{kefu_home()} holds the demo world with its published passwords; use a new KEFU_HOME and database."


def _python() -> Iterator[str]:
    if sys.version_info < OLDEST_PYTHON:
        yield f"Python {sys.version.split()[0]} is too old; 3.11 or newer is needed."


def _requirements() -> Iterator[str]:
    lines = (ROOT / "requirements" / "run.txt").read_text().splitlines()
    for name, wanted in (line.rstrip(" \\").split("==") for line in lines if "==" in line and ";" not in line):
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "none"
        if found != wanted:
            yield f"{name} {wanted} is required, {found} is installed; run `make run`."


def _libraries() -> Iterator[str]:
    missing = [package for library, package in LIBRARIES.items() if not _loads(library)]
    if missing:
        yield f"PDFs cannot be printed; run: apt-get install {' '.join(missing)}"


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _home() -> Iterator[str]:
    home = kefu_home()
    nearest = next(path for path in (home, *home.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        yield f"{nearest} cannot be written to by this user; set KEFU_HOME."


def _database() -> Iterator[str]:
    try:
        url = os.environ.get("DATABASE_URL")
        if url is None:
            yield from _embedded(Cluster(kefu_home()))
            return
        with psycopg.connect(url, connect_timeout=5) as connection:
            if connection.info.server_version < OLDEST_POSTGRESQL:
                yield "PostgreSQL 15 or newer is needed."
    except (psycopg.OperationalError, EmbeddedError, PermissionError) as error:
        yield str(error).strip()


def _embedded(cluster: Cluster) -> Iterator[str]:
    stored = cluster.data / "PG_VERSION"
    if stored.exists() and (found := stored.read_text().strip()) != str(ours := binaries.major(cluster.bin)):
        yield f"{cluster.data} belongs to PostgreSQL {found}, the server is version {ours}; see EMBEDPG_BIN."


def _ports() -> Iterator[str]:
    where = addresses()
    if where.web.port == where.mllp.port:
        yield f"KEFU_PORT and KEFU_MLLP_PORT are both {where.web.port}."


CHECKS: dict[str, Callable[[], Iterator[str]]] = {
    "python": _python,
    "requirements": _requirements,
    "libraries": _libraries,
    "home": _home,
    "database": _database,
    "ports": _ports,
    "production": production_faults,
}
