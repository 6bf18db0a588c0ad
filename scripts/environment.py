"""Makes .venv hold exactly the pinned packages of one set: `run` (to serve) or `dev` (to test and check as well).

Uses only the standard library, so that any Python can run it. A warm call compares two files and ends.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PRIVATE_UV = ROOT / ".uv"
OLDEST = (3, 11)
NEWER_PYTHONS = ("python3.14", "python3.13", "python3.12", "python3.11")


def main() -> int:
    """Exit code 3 when something is missing that only the system's owner can install."""
    if sys.version_info < OLDEST:
        return _with_newer_python()
    wanted = sys.argv[1]
    if _is_current(wanted):
        return 0
    try:
        with _alone():
            if not _is_current(wanted):
                # Once made for tests, it stays so: serving must not take the test packages away.
                _install("dev" if (VENV / ".dev.txt").exists() else wanted)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"kefu: `{' '.join(map(str, error.cmd))}` failed.\n")
        return 3
    return 0


def _with_newer_python() -> int:
    for name in NEWER_PYTHONS:
        if path := shutil.which(name):
            os.execv(path, [path, *sys.argv])  # noqa: S606
    sys.stderr.write(
        f"kefu: Python 3.11 or newer is needed, {sys.executable} is {sys.version.split()[0]}; name another with PYTHON=\n"
    )
    return 3


def _is_current(wanted: str) -> bool:
    stamp, pins = VENV / f".{wanted}.txt", ROOT / "requirements" / f"{wanted}.txt"
    python = VENV / "bin" / "python"
    return stamp.exists() and python.exists() and stamp.read_bytes() == pins.read_bytes()


@contextmanager
def _alone() -> Iterator[None]:
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "environment.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(wanted: str) -> None:
    sys.stderr.write(f"kefu: installing the Python packages of requirements/{wanted}.txt\n")
    pins = ROOT / "requirements" / f"{wanted}.txt"
    environment = _uv_environment()
    uv = shutil.which("uv") or _private_uv()
    if not (VENV / "bin" / "python").exists():
        _call(uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV, environment=environment)
    sync = (uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", VENV / "bin" / "python")
    _call(*sync, pins, environment=environment)
    for name in ("run", "dev") if wanted == "dev" else ("run",):
        shutil.copyfile(ROOT / "requirements" / f"{name}.txt", VENV / f".{name}.txt")


def _private_uv() -> Path:
    uv = PRIVATE_UV / "bin" / "uv"
    if not uv.exists():
        try:
            import ensurepip  # noqa: F401  Debian packs it separately
        except ImportError:
            package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            raise SystemExit(f"kefu: this Python cannot make environments; run: apt-get install {package}") from None
        _call(sys.executable, "-m", "venv", "--clear", PRIVATE_UV)
        install = (
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-cache-dir",
            "--require-hashes",
        )
        _call(PRIVATE_UV / "bin" / "python", *install, "-r", ROOT / "requirements" / "uv.txt")
    return uv


def _uv_environment() -> dict[str, str]:
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy", "UV_SYSTEM_CERTS": "1"}
    if not os.access(os.environ.get("HOME") or "/nonexistent", os.W_OK):
        environment["UV_CACHE_DIR"] = str(PRIVATE_UV / "cache")
    return {**environment, **os.environ}


def _call(*command: object, environment: dict[str, str] | None = None) -> None:
    subprocess.run([str(word) for word in command], check=True, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
