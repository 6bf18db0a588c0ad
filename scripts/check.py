"""`make check`: every static check with its time, then the whole suite. Runs in the project's own environment.

The tests run even when a static check fails, and pytest's summary stays the last line; the exit code is pytest's, or 1.
The database from which the tests' are copied takes a minute to migrate; it is made while the sources are checked.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (sys.executable, "-m")

GROUPS: dict[str, tuple[object, ...]] = {
    "format": (*PYTHON, "ruff", "format", "--check", "--quiet", "."),
    "lint": (*PYTHON, "ruff", "check", "--quiet", "."),
    "types": (*PYTHON, "mypy"),
    "scripts": (*PYTHON, "mypy", *sorted(str(path) for path in (ROOT / "scripts").glob("*.py"))),
    "imports": (sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"),
    "migrations": ("./kefu", "manage", "makemigrations", "--check", "--dry-run", "--skip-checks"),
    "translations": (sys.executable, "scripts/messages.py", "check"),
}
TEMPLATE = (*PYTHON, "pytest", "src/kefu/config/tests/test_template_database.py")
LINT_GROUPS = ("format", "lint", "types", "scripts", "imports")


def main() -> int:
    """With the argument `lint`, only the checks that read the sources; other arguments go to pytest."""
    only_lint = sys.argv[1:] == ["lint"]
    if only_lint:
        return 1 if [group for group in LINT_GROUPS if not _passes(group)] else 0
    template = subprocess.Popen(TEMPLATE, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    failed = [group for group in GROUPS if not _passes(group)]
    template.wait()
    if failed:
        sys.stdout.write(f"FAILED before the tests: {', '.join(failed)}\n")
    sys.stdout.flush()
    tests = subprocess.run([*PYTHON, "pytest", *sys.argv[1:]], cwd=ROOT)
    return tests.returncode or (1 if failed else 0)


def _passes(group: str) -> bool:
    began = time.monotonic()
    environment = {**os.environ, "KEFU_HOME": str(ROOT / "build" / "check")}
    done = subprocess.run(
        [str(word) for word in GROUPS[group]], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    sys.stdout.write(f"{group:<14} {time.monotonic() - began:6.1f} s  {verdict}\n")
    if done.returncode:
        sys.stdout.write(done.stdout + done.stderr)
    sys.stdout.flush()
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
